/** The only door of the room: whoever is outside imports from here. */
export { type Attachments, createAttachments } from './attachments.ts';
export type { Claim, ClaimUploads } from './claim.ts';
export { contentDisposition } from './content-disposition.ts';
export { record as audit } from './events.ts';
export type { Actor, Grant } from './grant.ts';
export { createHashing, type Hashing } from './hashing.ts';
export type { Inspection } from './inspect/inspection.ts';
export { createInspector } from './inspect/inspector.ts';
export { type Limits, MAX_DESCRIPTION_LENGTH, STAGED_LIMITS } from './limits.ts';
export { SEVEN_ZIP, USUAL_TYPES } from './policy.ts';
export { previewTypeOf } from './preview.ts';
export { readableText } from './readable-text.ts';
export {
  type AttachmentLocation,
  type AttachmentRecord,
  type DeletedRecord,
  locateAttachment,
  type StagedUpload,
} from './records.ts';
export { createUploadLocks, type Unlock, type UploadLocks } from './resumable/locks.ts';
export { CHECKSUM_ALGORITHMS, type Checksum } from './resumable/piece.ts';
export type { ResumableUpload } from './resumable/upload.ts';
export type { BlockedRecord } from './scan/blocked.ts';
export { createBoth } from './scan/both.ts';
export { createClamav } from './scan/clamav.ts';
export type { ClamdAddress } from './scan/clamd.ts';
export { type Coverage, limitsFor, probe } from './scan/probe.ts';
export { placesOf } from './scan/queue.ts';
export { type Engine, type Scanner, ScannerUnavailable } from './scan/scanner.ts';
export type { Selection } from './scan/selection.ts';
export { EICAR_SHA256 } from './scan/test-file.ts';
export { createVirusTotal } from './scan/virustotal.ts';
export type { OpenAttachment } from './serving.ts';
export { createSpool, type Spool } from './spool.ts';
export { basePathInUse } from './storage-config/in-use.ts';
export { newestRow } from './storage-config/kept.ts';
export { type Frame, inForce } from './storage-config/settings.ts';
export { createStorageConfig, type StorageConfigs } from './storage-config/storage-config.ts';
export { createDiskStore } from './store/disk.ts';
export { createS3Client } from './store/s3/client.ts';
export { createS3Store } from './store/s3.ts';
export { type SealingKey, sealingKey } from './store/sealed/keys.ts';
export type { SealingKeys } from './store/sealed.ts';
export type { ByteRange, Store } from './store/store.ts';
export { createStores, type Sealing, type Stores } from './store/stores.ts';
export { createPainter } from './thumbnails/painter.ts';
export { isPicture, type OpenThumbnail } from './thumbnails/thumbnails.ts';
export type { LastAudit } from './upkeep/audit-pass.ts';
export {
  createCopies,
  type Keep,
  NAMED_OBJECTS,
  type NamedObject,
  namedObject,
  type Taken,
} from './upkeep/copies.ts';
export type { Finding } from './upkeep/examine.ts';
export type { Destination } from './upkeep/move.ts';
export type { Relocation } from './upkeep/relocate.ts';
export { createReturns } from './upkeep/returns.ts';
export { type Choice, type Place, placesInUse } from './upkeep/stored-files.ts';
export type { Swept } from './upkeep/sweep.ts';
export type { Verified } from './upkeep/verify.ts';
export { FORM_OVERHEAD, type OpenUpload, type StoredUpload } from './uploads.ts';
export { whyHeld } from './verdicts.ts';
