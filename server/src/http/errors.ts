import { STATUS_CODES } from 'node:http';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { isDatabaseGone } from '../db/gone.ts';
import { Refusal, type RefusalCode, type RefusalDetails } from '../refusals.ts';

/** The status of each refusal (RFC 9110). The compiler asks for a line here for every new code. */
export const STATUS: Record<RefusalCode, number> = {
  file_missing: 400,
  file_empty: 400,
  multiple_files: 400,
  file_name_invalid: 400,
  type_not_allowed: 400,
  type_mismatch: 400,
  content_damaged: 400,
  content_ambiguous: 400,
  content_active: 400,
  macros_not_allowed: 400,
  archive_unsafe: 400,
  archive_blocked_entry: 400,
  archive_too_large: 400,
  archive_too_deep: 400,
  archive_locked: 400,
  document_unsafe: 400,
  image_too_large: 400,
  inspection_failed: 400,
  file_too_large: 413,
  ticket_files_exceeded: 409,
  ticket_size_exceeded: 413,
  staged_files_exceeded: 409,
  staged_size_exceeded: 413,
  upload_rate_exceeded: 429,
  upload_slots_exceeded: 429,
  setting_forced: 409,
  storage_config_changed: 409,
  storage_type_unknown: 400,
  max_file_size_too_large: 400,
  file_type_unknown: 400,
  base_path_unusable: 400,
  streams_exceeded: 429,
  storage_full: 507,
  storage_unavailable: 503,
  database_unavailable: 503,
  body_malformed: 400,
  upload_stalled: 408,
  upload_expired: 408,
  upload_gone: 410,
  upload_finished: 409,
  upload_offset_conflict: 409,
  upload_fragmented: 400,
  upload_locked: 423,
  checksum_mismatch: 460,
  checksum_unsupported: 400,
  tus_version_unsupported: 412,
  description_too_long: 400,
  request_invalid: 400,
  request_too_large: 413,
  request_malformed: 400,
  request_timeout: 408,
  headers_too_large: 431,
  media_type_unsupported: 415,
  idempotency_key_invalid: 400,
  idempotency_key_reused: 422,
  precondition_failed: 412,
  range_not_satisfiable: 416,
  not_signed_in: 401,
  sign_in_failed: 401,
  sign_in_rate_exceeded: 429,
  account_disabled: 403,
  sign_up_closed: 403,
  email_taken: 409,
  password_weak: 400,
  link_invalid: 400,
  origin_not_allowed: 403,
  forbidden: 403,
  assignee_invalid: 400,
  session_needed: 403,
  last_admin: 409,
  user_enabled: 409,
  user_anonymised: 409,
  desk_not_empty: 409,
  ticket_closed: 409,
  attachment_deleted: 410,
  attachment_purged: 410,
  not_purgeable: 409,
  legal_hold: 409,
  scan_pending: 409,
  infected: 403,
  unscannable: 403,
  not_blocked: 409,
  scanner_none: 409,
  not_found: 404,
  ticket_not_found: 404,
  reply_not_found: 404,
  attachment_not_found: 404,
  thumbnail_not_found: 404,
  thumbnail_failed: 422,
  thumbnail_busy: 503,
  preview_not_found: 404,
  upload_not_found: 404,
  user_not_found: 404,
  token_not_found: 404,
  session_not_found: 404,
  attachment_damaged: 500,
  internal_error: 500,
};

/** A problem document (RFC 9457). */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: RefusalCode;
  limit?: number | string;
  actual?: number | string;
  file_name?: string;
}

export function problemOf(refusal: Refusal): Problem {
  const { retry_after: _, ...details } = refusal.details;
  return {
    type: `urn:docket:problem:${refusal.code}`,
    title: title(refusal.code),
    status: STATUS[refusal.code],
    detail: refusal.message,
    code: refusal.code,
    ...details,
  };
}

/** Answers with the problem document of whatever was thrown; what is not a refusal is ours to explain, in the log. */
export function sendError(
  error: FastifyError | Refusal,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const refusal = error instanceof Refusal ? error : refusalOf(error);
  const problem = problemOf(refusal);
  if (problem.status >= 500) request.log.error({ err: error, code: refusal.code }, 'request failed');
  if (refusal.details.retry_after !== undefined) {
    void reply.header('retry-after', String(refusal.details.retry_after));
  }
  return reply
    .code(problem.status)
    .header('cache-control', 'no-store')
    .type('application/problem+json')
    .send(JSON.stringify(problem));
}

/** What Fastify itself throws, in our words, and what PostgreSQL says when its disk is full or it goes away. */
function refusalOf(error: FastifyError): Refusal {
  if (error.validation) {
    if (error.validationContext === 'params') return new Refusal('not_found');
    return new Refusal('request_invalid', { actual: error.message });
  }
  if (isDatabaseGone(error)) return new Refusal('database_unavailable', { retry_after: 5 }, { cause: error });
  const details = FOREIGN_CODES[error.code];
  if (details) return new Refusal(...details, { cause: error });
  if (error.statusCode && error.statusCode >= 400 && error.statusCode < 500) {
    return new Refusal('body_malformed');
  }
  return new Refusal('internal_error', {}, { cause: error });
}

const FOREIGN_CODES: Record<string, [RefusalCode, RefusalDetails]> = {
  '53100': ['storage_full', {}], // PostgreSQL's disk_full
  FST_ERR_CTP_BODY_TOO_LARGE: ['request_too_large', { limit: 1_048_576 }],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['media_type_unsupported', { limit: 'application/json' }],
  FST_ERR_CTP_EMPTY_JSON_BODY: ['body_malformed', {}],
  FST_ERR_CTP_INVALID_JSON_BODY: ['body_malformed', {}],
};

function title(code: RefusalCode): string {
  if (code === 'internal_error') return STATUS_CODES[500] ?? code;
  const words = code.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** For an address that leads nowhere. */
export function refuseUnknown(): never {
  throw new Refusal('not_found');
}
