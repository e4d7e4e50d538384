/** The only door of the folder: whoever is outside imports from here. */

export { AttachmentList } from './AttachmentList.tsx';
export type { Attachment, AttachmentPage, AttachmentsApi, Policy, StagedUpload } from './api.ts';
export { forgetAllDrafts } from './drafts.ts';
export { FileName } from './FileName.tsx';
export { FileUpload } from './FileUpload.tsx';
export { Lightbox } from './Lightbox.tsx';
export { useFileList, useListChanges } from './list-query.ts';
export { previewKind } from './preview-kind.ts';
export { type QueuedFile, underWay } from './queue.ts';
export { Thumbnail } from './Thumbnail.tsx';
export { UploadArea } from './UploadArea.tsx';
export { type StagedUploads, useStagedUploads } from './use-uploads.ts';
