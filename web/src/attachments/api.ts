import type { components } from '../api/openapi.d.ts';
import type { SendOptions } from '../api/send-file.ts';
import type { PieceOptions } from '../api/send-in-pieces.ts';

export type { PieceOptions, SendOptions };

export type Policy = components['schemas']['AttachmentPolicy'];
export type Attachment = components['schemas']['Attachment'];
/** With who deleted it, and when. */
export type DeletedAttachment = components['schemas']['DeletedAttachment'];
export type StagedUpload = components['schemas']['Upload'];

export interface AttachmentPage {
  data: Attachment[];
  total: number;
  /** How many deleted files the person can restore. */
  deleted_total: number;
  skip: number;
  limit: number;
}

export interface ListPage {
  skip: number;
  limit: number;
  on?: 'ticket';
  virus_scan_status?: Attachment['virus_scan_status'];
}

/**
 * All that the components of this folder know of the server. A refusal is a rejection with a `ApiProblem`;
 * an aborted signal is a rejection with an `AbortError`.
 */
export interface AttachmentsApi {
  policy(): Promise<Policy>;
  /** The files of the ticket, newest first; `on` the ticket itself: without those of replies. */
  list(page: ListPage): Promise<AttachmentPage>;
  /** The deleted files of the ticket that the person can restore, last deleted first: as many as come at once. */
  listDeleted(): Promise<DeletedAttachment[]>;
  attach(file: File, options: SendOptions): Promise<Attachment>;
  /** The same in pieces, from where an earlier try left off; resolves with what has been read back. */
  attachInPieces(file: File, options: PieceOptions): Promise<Attachment>;
  stage(file: File, options: SendOptions): Promise<StagedUpload>;
  stageInPieces(file: File, options: PieceOptions): Promise<StagedUpload>;
  /** Ends an upload in pieces that is not finished. */
  giveUp(uploadId: string): Promise<void>;
  staged(): Promise<StagedUpload[]>;
  /** One of them; rejects once it belongs to a ticket or is gone. */
  stagedUpload(uploadId: string): Promise<StagedUpload>;
  discard(uploadId: string): Promise<void>;
  describe(id: string, description: string | null): Promise<Attachment>;
  remove(id: string): Promise<void>;
  restore(id: string): Promise<Attachment>;
  /** Gives a blocked file out after all. */
  release(id: string, reason: string): Promise<Attachment>;
  /** Has a file scanned again, soon; it is answered as it still stands. */
  rescan(id: string): Promise<Attachment>;
  /** Keeps a file from being purged, or gives that another reason. */
  hold(id: string, reason: string): Promise<Attachment>;
  liftHold(id: string, reason: string): Promise<Attachment>;
  downloadUrl(attachment: Attachment): string;
  thumbnailUrl(attachment: Attachment): string;
  previewUrl(attachment: Attachment): string;
  zipUrl(): string;
  /** The beginning of a text file, decoded; `cut` where there is more. */
  text(attachment: Attachment, maxBytes: number): Promise<{ text: string; cut: boolean }>;
}
