/** The only door of the folder: whoever is outside imports from here. */

export { AttachmentList } from './AttachmentList.tsx';
export type { Attachment, AttachmentPage, AttachmentsApi, Policy, StagedUpload } from './api.ts';
export { DeletedFiles } from './DeletedFiles.tsx';
export { forgetAllDrafts } from './drafts.ts';
export { FileUpload } from './FileUpload.tsx';
export {
  fileListQuery,
  knowsFile,
  refetchFiles,
  useFileList,
  useListChanges,
  useOwnFiles,
} from './list-query.ts';
export { MessageFiles } from './MessageFiles.tsx';
export type { QueuedFile } from './queue.ts';
export { SendNotice } from './SendNotice.tsx';
export { UploadArea } from './UploadArea.tsx';
export { type SendWhenUploaded, useSendWhenUploaded } from './use-send-when-uploaded.ts';
export { type StagedUploads, useStagedUploads } from './use-uploads.ts';
