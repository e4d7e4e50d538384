/**
 * Every reason Docket gives for saying no: a stable code and a sentence that says what to do.
 * Sentences may name `{limit}`, `{actual}` and `{file_name}`; sizes are written for people.
 * `http/errors.ts` maps each code to a status.
 */
export const SENTENCES = {
  // the file itself
  file_missing: 'The request has no file. Send one part named "file" with a file name.',
  file_empty: 'The file {file_name} is empty. Choose a file that has content.',
  multiple_files: 'The request has more than one file. Send one request for each file.',
  file_name_invalid: 'The file name {file_name} cannot be used. Rename the file and try again.',
  type_not_allowed: 'Files of this type are not accepted ({file_name}). Send one of: {limit}.',
  type_mismatch:
    'The content of {file_name} does not fit its name. Save it again in the format its name says, or give it the right extension.',
  content_damaged:
    'The file {file_name} is damaged or incomplete. Open it, save it again and send the new copy.',
  content_ambiguous:
    'The file {file_name} can be read as two formats at once. Save it again from the program that made it.',
  content_active:
    'The file {file_name} holds a web page or script. Send it inside a zip, or as an image or PDF.',
  macros_not_allowed:
    'The file {file_name} holds macros. Save it as a document without macros and send that.',
  document_unsafe:
    'The document {file_name} holds {actual}, which no office program writes and which could harm whoever opens it. Save it again from an office program.',
  archive_unsafe:
    'The archive {file_name} holds entries that could harm whoever unpacks it. Pack the files again with an ordinary program.',
  archive_blocked_entry:
    'The file {file_name} holds a program or a file of a kind that is not accepted inside ({actual}). Remove it and save or pack the file again.',
  archive_too_large:
    'The archive {file_name} unpacks to more than is accepted ({actual}; the limit is {limit}). Send fewer files in one archive.',
  archive_too_deep:
    'The archive {file_name} holds archives within archives more than {limit} deep. Unpack them and send what is inside.',
  archive_locked:
    'The archive {file_name} hides its file names, or archives inside it, behind a password, so it cannot be checked. Pack the files again with names that can be read and no archives inside.',
  image_too_large:
    'The image {file_name} has too many pixels ({actual}; the limit is {limit}). Make it smaller and send it again.',
  inspection_failed:
    'The file {file_name} could not be checked within the time allowed. Save it again in a simpler form and send that.',
  // limits
  file_too_large: 'The file is larger than {limit}. Make it smaller or split it.',
  ticket_files_exceeded:
    'This ticket can hold {limit} files and has no place left. Delete one, or open another ticket.',
  ticket_size_exceeded:
    'The files of this ticket may take {limit} together; with this one they would take {actual}. Delete one, or send a smaller file.',
  staged_files_exceeded:
    'You have {actual} uploaded files that are not yet on a ticket; the limit is {limit}. Send or remove some first.',
  staged_size_exceeded:
    'Your uploaded files that are not yet on a ticket may take {limit} together; with this one they would take {actual}. Send or remove some first.',
  upload_rate_exceeded: 'You have started {limit} uploads within a minute. Wait a moment and try again.',
  upload_slots_exceeded:
    'You have {limit} uploads running already. Wait until one has finished and try again.',
  setting_forced:
    '{limit} is set where Docket is started, and rules. Change it there, or take it away to change it here.',
  storage_config_changed: 'Somebody has changed these settings meanwhile. Load them again.',
  storage_type_unknown: 'The storage {actual} is not set up here. Choose: {limit}.',
  max_file_size_too_large:
    'One file cannot be larger than {limit}: that is all that a ticket, or its store, can hold. Choose a smaller size than {actual}.',
  file_type_unknown: 'Docket cannot check files of the type {actual}. Choose among: {limit}.',
  base_path_unusable:
    'Files cannot be kept in {actual} ({limit}). Choose the absolute path of a folder that is there, that Docket can write to, on the filesystem of its spool, outside of its other folders, and either empty or with the files already in it.',
  streams_exceeded: 'You have {limit} streams of events open already. Close one and try again in a moment.',
  storage_full: 'The server has no room for more files just now. Try again later, and tell whoever runs it.',
  storage_unavailable: 'The file store does not answer just now. Nothing was kept; try again in a moment.',
  database_unavailable:
    'The database does not answer just now. Look whether it was kept, and try again in a moment.',
  // the request
  body_malformed: 'The request body is broken or was cut short. Send it again.',
  upload_stalled: 'No data arrived for {limit} seconds, so the upload was ended. Send it again.',
  upload_expired: 'The upload was given up before it finished. Send it again.',
  upload_gone: 'This upload has expired or was ended. Send the file again.',
  upload_finished: 'This upload is finished and its file is on the ticket. Delete the file there.',
  upload_offset_conflict:
    'The piece begins at byte {actual}, but the upload is at byte {limit}. Ask where it is, and go on from there.',
  upload_fragmented: 'The file came in more than {limit} pieces. Send it again in larger ones.',
  upload_locked: 'Another request is still writing to this upload. Try again in a moment.',
  checksum_mismatch: 'The piece did not arrive as it was sent. Send it again.',
  checksum_unsupported: 'This checksum cannot be checked. Send one of: {limit}, in Base64.',
  tus_version_unsupported: 'This version of tus is not spoken here. Send Tus-Resumable: {limit}.',
  description_too_long: 'The description is longer than {limit} characters ({actual}). Shorten it.',
  request_invalid: 'The request is not valid: {actual}.',
  request_too_large: 'The request is larger than {limit}. Send less at once.',
  request_malformed:
    'The request is not proper HTTP. Send it again; if it stays, tell whoever made the program.',
  request_timeout: 'The request did not arrive in time. Send it again.',
  headers_too_large: 'The headers of the request are too large. Send fewer or shorter ones.',
  media_type_unsupported: 'This content type is not accepted here. Send {limit}.',
  idempotency_key_invalid: 'An Idempotency-Key has 1 to 255 visible ASCII characters. Send another key.',
  idempotency_key_reused:
    'This Idempotency-Key was used for a different request. Use a new key for a new request.',
  precondition_failed: 'The file is not the one you have seen before. Load it again.',
  range_not_satisfiable: 'The range lies outside the file, which has {limit}. Ask for a range within it.',
  // who may do what
  not_signed_in: 'You are not signed in. Sign in, or send an API token.',
  sign_in_failed: 'The e-mail address or the password is wrong. Check both and try again.',
  sign_in_rate_exceeded: 'There were too many attempts. Wait a moment and try again.',
  account_disabled: 'This account is disabled. Ask an administrator.',
  sign_up_closed: 'Accounts are made by an administrator here. Ask one for an account.',
  email_taken: 'There is an account with this e-mail address already. Sign in, or use another address.',
  password_weak: 'The password must have {limit} characters. Choose another one.',
  link_invalid: 'This link is not valid any more. Ask for a new one.',
  origin_not_allowed:
    'The request came from another site. Open Docket at its own address, or tell whoever runs it to check DOCKET_PUBLIC_URL.',
  forbidden: 'You may not do this. Ask somebody who may, or an administrator.',
  assignee_invalid:
    'A ticket is assigned to an agent or administrator whose account is enabled. Choose another person.',
  session_needed: 'An API token cannot do this. Sign in with your password.',
  last_admin: 'This is the last administrator. Make somebody else one first.',
  user_enabled: 'This person is not disabled. Disable them first.',
  user_anonymised: 'This person was anonymised, which cannot be undone. Make a new account instead.',
  desk_not_empty:
    'There are people or tickets here already; the demo fills an empty desk only. Give it a data folder of its own.',
  ticket_closed: 'This ticket is closed and takes no more replies or files. Open a new ticket.',
  attachment_deleted: 'This file was deleted.',
  attachment_purged: 'This file was deleted for good and cannot be brought back.',
  not_purgeable:
    'The file {file_name} is neither deleted nor in quarantine. Delete it first; then it can be removed for good.',
  legal_hold: 'The file {file_name} is under legal hold, or its ticket is, and is kept. Lift the hold first.',
  scan_pending: 'The file {file_name} is still being checked for viruses. Try again in a moment.',
  infected:
    'The file {file_name} holds malware and is given to nobody. Ask whoever sent it for a clean copy.',
  unscannable:
    'The file {file_name} could not be checked for viruses. Ask an agent to release it, or its sender for a copy that can be checked.',
  not_blocked: 'The file {file_name} is not blocked, so there is nothing to release.',
  scanner_none: 'No virus scanner is set up here. Ask whoever runs this server to set CLAMD_SOCKET.',
  // not there
  not_found: 'There is nothing here. Check the address.',
  ticket_not_found: 'There is no such ticket.',
  reply_not_found: 'There is no such reply on this ticket.',
  attachment_not_found: 'There is no such file.',
  thumbnail_not_found: 'There is no thumbnail of {file_name}: only pictures have one.',
  thumbnail_failed: 'No thumbnail could be made of {file_name}. Download the picture to see it.',
  thumbnail_busy: 'There are too many thumbnails to make just now. Try again in a moment.',
  preview_not_found: 'There is no preview of {file_name}. Download it to see it.',
  upload_not_found: 'There is no such upload. It may have expired; send the file again.',
  user_not_found: 'There is no such person.',
  token_not_found: 'There is no such API token.',
  session_not_found: 'There is no such session. It may have ended.',
  // ours
  attachment_damaged:
    'The stored file is missing or damaged. Tell whoever runs this server; they can restore it from a backup.',
  internal_error: 'Something went wrong on our side. Try again; if it stays, tell whoever runs this server.',
} as const;

export type RefusalCode = keyof typeof SENTENCES;

export interface RefusalDetails {
  /** The limit that was met: bytes for sizes, a count, or a list of what is accepted. */
  limit?: number | string;
  /** What the request had instead. */
  actual?: number | string;
  file_name?: string;
  /** Seconds after which another try makes sense. */
  retry_after?: number;
}

/** A reason to say no. Thrown where the story ends; pure policy returns it as a value. */
export class Refusal extends Error {
  readonly code: RefusalCode;
  readonly details: RefusalDetails;

  constructor(code: RefusalCode, details: RefusalDetails = {}, options?: ErrorOptions) {
    super(sentence(code, details), options);
    this.name = 'Refusal';
    this.code = code;
    this.details = details;
  }
}

const SIZES: ReadonlySet<RefusalCode> = new Set([
  'archive_too_large',
  'file_too_large',
  'ticket_size_exceeded',
  'staged_size_exceeded',
  'request_too_large',
  'range_not_satisfiable',
  'max_file_size_too_large',
]);

/** Whether a code that was kept is one of ours. */
export function isRefusalCode(code: string | null): code is RefusalCode {
  return code !== null && Object.hasOwn(SENTENCES, code);
}

/** The sentence of a code with its details filled in; a placeholder without a value is left out with its brackets. */
export function sentence(code: RefusalCode, details: RefusalDetails): string {
  const fill = (_: string, key: 'limit' | 'actual' | 'file_name') => {
    const value = details[key];
    return typeof value === 'number' && SIZES.has(code) ? humanSize(value) : String(value ?? '');
  };
  return SENTENCES[code]
    .replace(/\{(limit|actual|file_name)\}/g, fill)
    .replace(/ \(\)/g, '')
    .replace(/ {2,}/g, ' ');
}

/** Bytes as people read them: 52,428,800 is "50 MB". */
export function humanSize(bytes: number): string {
  const units = ['bytes', 'KB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${Math.round(value * 10) / 10} ${units[unit]}`;
}
