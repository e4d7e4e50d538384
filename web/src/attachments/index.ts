/** The only door of the folder: whoever is outside imports from here. */

export { AttachmentList } from './AttachmentList.tsx';
export type { Attachment, AttachmentPage, AttachmentsApi, Policy, StagedUpload } from './api.ts';
export { BlockedNotice } from './BlockedNotice.tsx';
export { BlockedSign } from './BlockedSign.tsx';
export { DeletedFiles } from './DeletedFiles.tsx';
export { forgetAllDrafts } from './drafts.ts';
export { FileName } from './FileName.tsx';
export { FileUpload } from './FileUpload.tsx';
export {
  fileListQuery,
  knowsFile,
  refetchFiles,
  useBlockedFiles,
  useFileList,
  useListChanges,
  useOwnFiles,
} from './list-query.ts';
export { MessageFiles } from './MessageFiles.tsx';
export { NotScannedHere } from './NotScannedHere.tsx';
export { policyQuery } from './policy-query.ts';
export type { QueuedFile } from './queue.ts';
export { SendNotice } from './SendNotice.tsx';
export { UploadArea } from './UploadArea.tsx';
export { useReleasing } from './use-releasing.tsx';
export { useRescan } from './use-rescan.ts';
export { useRowFocus } from './use-row-focus.ts';
export { type SendWhenUploaded, useSendWhenUploaded } from './use-send-when-uploaded.ts';
export { type StagedUploads, useStagedUploads } from './use-uploads.ts';
export { useVerdictWords } from './verdict-words.ts';
