import type { ColumnType, Generated, JSONColumnType } from 'kysely';
import type { RefusalDetails } from '../refusals.ts';

/** The tables as Kysely sees them; `migrations/` makes them so. Timestamps come as Date, bigint as number. */
export interface Schema {
  users: UserTable;
  sessions: SessionTable;
  accounts: AccountTable;
  verifications: VerificationTable;
  auth_rate_limits: AuthRateLimitTable;
  api_tokens: ApiTokenTable;
  one_time_links: OneTimeLinkTable;
  secrets: SecretTable;
  tickets: TicketTable;
  ticket_participants: ParticipantTable;
  ticket_replies: ReplyTable;
  ticket_events: TicketEventTable;
  ticket_attachments: AttachmentTable;
  attachment_totals: AttachmentTotalTable;
  thumbnails: ThumbnailTable;
  attachment_events: AttachmentEventTable;
  uploads: UploadTable;
  upload_segments: UploadSegmentTable;
  upload_locks: UploadLockTable;
  scans: ScanTable;
  scan_slots: ScanSlotTable;
  rescan_pass: RescanPassTable;
  audit_pass: AuditPassTable;
  idempotency_keys: IdempotencyKeyTable;
  file_storage_config: FileStorageConfigTable;
}

export const ROLES = ['customer', 'agent', 'admin'] as const;
export type Role = (typeof ROLES)[number];
export const TICKET_STATUSES = ['open', 'pending', 'solved', 'closed'] as const;
export type TicketStatus = (typeof TICKET_STATUSES)[number];
export const TICKET_PRIORITIES = ['low', 'normal', 'high', 'urgent'] as const;
export type TicketPriority = (typeof TICKET_PRIORITIES)[number];
export const SCAN_STATUSES = [
  'pending',
  'clean',
  'infected',
  'quarantined',
  'unscannable',
  'skipped',
] as const;
export type ScanStatus = (typeof SCAN_STATUSES)[number];
export const UPLOAD_STATES = ['receiving', 'ready', 'attached', 'refused', 'abandoned', 'expired'] as const;
export type UploadState = (typeof UPLOAD_STATES)[number];
export type UploadEntrance = 'form' | 'staged' | 'tus';

type Timestamp = ColumnType<Date, Date | string | undefined, Date | string>;
type OptionalTimestamp = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
type StringList = JSONColumnType<string[]>;

export interface UserTable {
  id: string;
  name: string;
  email: string;
  email_verified: Generated<boolean>;
  image: string | null;
  role: Generated<Role>;
  disabled_at: OptionalTimestamp;
  anonymised_at: OptionalTimestamp;
  created_at: Timestamp;
  updated_at: Timestamp;
}

interface SessionTable {
  id: string;
  user_id: string;
  token: string;
  expires_at: Timestamp;
  ip_address: string | null;
  user_agent: string | null;
  created_at: Timestamp;
  updated_at: Timestamp;
}

interface AccountTable {
  id: string;
  user_id: string;
  account_id: string;
  provider_id: string;
  access_token: string | null;
  refresh_token: string | null;
  id_token: string | null;
  access_token_expires_at: OptionalTimestamp;
  refresh_token_expires_at: OptionalTimestamp;
  scope: string | null;
  password: string | null;
  created_at: Timestamp;
  updated_at: Timestamp;
}

interface VerificationTable {
  id: string;
  identifier: string;
  value: string;
  expires_at: Timestamp;
  created_at: Timestamp;
  updated_at: Timestamp;
}

interface AuthRateLimitTable {
  id: string;
  key: string;
  count: number;
  last_request: number;
}

interface ApiTokenTable {
  id: string;
  user_id: string;
  name: string;
  token_hash: string;
  created_at: Timestamp;
  last_used_at: OptionalTimestamp;
  revoked_at: OptionalTimestamp;
}

/** A link that works once: the first admin's set-up, or a password set without mail. */
interface OneTimeLinkTable {
  token_hash: string;
  purpose: 'set_up' | 'reset_password';
  user_id: string | null;
  created_at: Timestamp;
  expires_at: Timestamp;
}

/** What all instances must agree on and nobody may know. */
interface SecretTable {
  name: string;
  value: string;
}

export interface TicketTable {
  id: string;
  number: Generated<number>;
  subject: string;
  description: string;
  status: Generated<TicketStatus>;
  priority: Generated<TicketPriority>;
  requester_id: string;
  assignee_id: string | null;
  /** A legal hold on all files of the ticket. */
  held_at: OptionalTimestamp;
  held_by: string | null;
  hold_reason: string | null;
  created_at: Timestamp;
  updated_at: Timestamp;
}

interface ParticipantTable {
  ticket_id: string;
  user_id: string;
  added_at: Timestamp;
}

export interface ReplyTable {
  id: string;
  ticket_id: string;
  author_id: string;
  body: string;
  internal: Generated<boolean>;
  created_at: Timestamp;
}

/** Written by triggers, read by `helpdesk/live`. */
interface TicketEventTable {
  seq: Generated<number>;
  at: Timestamp;
  /** The transaction, by its number; more than 2^53 in time. */
  xact: Generated<string>;
  kind: string;
  /** Null for what is about one person, and for a `reset`. */
  ticket_id: string | null;
  user_id: string | null;
  reply_id: string | null;
  attachment_id: string | null;
  upload_id: string | null;
  internal: Generated<boolean>;
}

export interface AttachmentTable {
  id: string;
  ticket_id: string;
  reply_id: string | null;
  /** On an internal reply: exists for agents and admins only. */
  internal: Generated<boolean>;
  file_name: string;
  file_path: string;
  file_size: number;
  mime_type: string;
  description: string | null;
  sha256: string;
  warnings: StringList;
  /** Which store holds the bytes, and which key sealed them (null: not sealed). */
  storage: string;
  key_id: string | null;
  virus_scan_status: ScanStatus;
  virus_scan_timestamp: OptionalTimestamp;
  virus_scan_result: string | null;
  /** How often a scanner that answers has failed at it since its last verdict. */
  scan_attempts: Generated<number>;
  uploaded_by: string;
  created_by: string;
  created_at: Timestamp;
  updated_at: Timestamp;
  deleted_at: OptionalTimestamp;
  deleted_by: string | null;
  released_at: OptionalTimestamp;
  released_by: string | null;
  release_reason: string | null;
  /** When it was given up for good, by whom (null: its time was over) and why; the row stays. */
  purged_at: OptionalTimestamp;
  purged_by: string | null;
  purge_reason: string | null;
  /** When the bytes of a purged file were gone too. */
  bytes_gone_at: OptionalTimestamp;
  /** A legal hold on this file. */
  held_at: OptionalTimestamp;
  held_by: string | null;
  hold_reason: string | null;
}

/** What a ticket's live files add up to: one row for its public files, one for those on internal replies. */
interface AttachmentTotalTable {
  ticket_id: string;
  internal: boolean;
  file_count: number;
  total_size: number;
}

/** At most one for each picture. */
export interface ThumbnailTable {
  attachment_id: string;
  /** `failed`: the picture cannot be decoded, for good. */
  state: 'making' | 'ready' | 'failed';
  /** How often somebody began to make it. */
  attempts: number;
  /** Until when whoever makes it has the right to. */
  lease_until: OptionalTimestamp;
  file_path: string | null;
  file_size: number | null;
  sha256: string | null;
  storage: string;
  key_id: string | null;
  created_at: Timestamp;
  updated_at: Timestamp;
}

/** Append-only; a trigger refuses changes. */
interface AttachmentEventTable {
  seq: Generated<number>;
  at: Timestamp;
  event: string;
  actor_id: string | null;
  address: string | null;
  ticket_id: string | null;
  attachment_id: string | null;
  upload_id: string | null;
  detail: JSONColumnType<Record<string, string | number | null>>;
}

export interface UploadTable {
  id: string;
  owner_id: string;
  entrance: UploadEntrance;
  state: UploadState;
  ticket_id: string | null;
  reply_id: string | null;
  internal: Generated<boolean>;
  /** What is held of the quota while the bytes arrive. */
  reserved_size: Generated<number>;
  /** Until when the open request holds its slot and its reservation; renewed while it lives. */
  lease_until: OptionalTimestamp;
  expires_at: Timestamp;
  file_name: string | null;
  file_path: string | null;
  file_size: number | null;
  mime_type: string | null;
  description: string | null;
  sha256: string | null;
  warnings: StringList;
  storage: string;
  key_id: string | null;
  virus_scan_status: ScanStatus | null;
  virus_scan_timestamp: OptionalTimestamp;
  virus_scan_result: string | null;
  scan_attempts: Generated<number>;
  refusal_code: string | null;
  /** What the refusal says beside its code, for whoever asks again. */
  refusal_details: JSONColumnType<RefusalDetails> | null;
  /** Of a resumable one: its size as announced, how much of it is durable, and `Upload-Metadata` as it came. */
  upload_length: number | null;
  upload_offset: Generated<number>;
  upload_metadata: string | null;
  attachment_id: string | null;
  created_at: Timestamp;
  updated_at: Timestamp;
}

/** A piece of a resumable upload, durable in the store. */
interface UploadSegmentTable {
  file_path: string;
  storage: string;
  key_id: string | null;
  upload_id: string;
  /** Where in the file it begins. */
  position: number;
  size: number;
}

/** Who may write to a resumable upload now. */
interface UploadLockTable {
  upload_id: string;
  holder: string;
  /** The process it belongs to, by `Notifications.instance`. */
  instance: number;
  lease_until: Timestamp;
}

/** What one scan found; append-only. */
export interface ScanTable {
  seq: Generated<number>;
  /** An attachment, or the staged upload that it was. */
  file_id: string;
  at: Timestamp;
  engine: string;
  engine_version: string;
  signatures: string;
  signatures_at: OptionalTimestamp;
  bytes: number;
  duration_ms: number;
  verdict: 'clean' | 'infected' | 'unscannable' | 'failed';
  result: string | null;
}

/** Who uses one of the scanner's places now. */
interface ScanSlotTable {
  slot: number;
  holder: string;
  /** The process it belongs to, by `Notifications.instance`. */
  instance: number;
}

/** The one row of where the second look at all files stands. */
interface RescanPassTable {
  single: Generated<boolean>;
  /** Which engine looks, with which signatures. */
  engine: string;
  started_at: Timestamp;
  /** Everything from here on has been looked at. */
  before_at: Timestamp;
  before_id: string;
  finished_at: OptionalTimestamp;
}

/** The one row of where the background audit stands: the files after this one are still to be hashed. */
export interface AuditPassTable {
  single: Generated<boolean>;
  kind: 'upload' | 'attachment' | 'thumbnail';
  after_id: string;
  /** Bytes a second, and since when. */
  pace: Generated<number>;
  paced_at: Timestamp;
  started_at: Timestamp;
  /** When it is time for the next file. */
  due_at: Timestamp;
  files: Generated<number>;
  bytes: Generated<number>;
  findings: Generated<number>;
  last_ended_at: OptionalTimestamp;
  last_files: number | null;
  last_findings: number | null;
}

interface IdempotencyKeyTable {
  user_id: string;
  key: string;
  fingerprint: string;
  /** The first answer, as it was sent. */
  response: string;
  created_at: Timestamp;
}

/** What an admin has set of storage, the newest row ruling; append-only. */
interface FileStorageConfigTable {
  id: string;
  version: Generated<number>;
  storage_type: string;
  /** Null: the folder that the configuration names. */
  base_path: string | null;
  max_file_size: number;
  allowed_mime_types: StringList;
  changed_by: string | null;
  created_at: Timestamp;
}
