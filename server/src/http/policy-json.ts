import { Type } from 'typebox';
import type { Attachments } from '../attachments/index.ts';
import { named } from './schemas.ts';

const Count = Type.Integer({ minimum: 0 });
const Bytes = Type.Integer({ minimum: 0, description: 'In bytes.' });

export const PolicySchema = named('AttachmentPolicy', {
  max_file_size: Bytes,
  max_files_per_ticket: Count,
  max_total_size_per_ticket: Bytes,
  max_description_length: Count,
  uploads_per_minute: Count,
  concurrent_uploads: Count,
  max_staged_files: Count,
  max_staged_size: Bytes,
  resumable: Type.Object(
    {
      above: { ...Bytes, description: 'Bytes from which a file had better come in pieces.' },
      chunk_size: { ...Bytes, description: 'Bytes that a piece had better have.' },
    },
    { description: 'How to send large files: tus 1.0 at `/api/v1/uploads/tus`.' },
  ),
  scanning: Type.Boolean({ description: 'Whether files are scanned before others can get them.' }),
  accepted: Type.Array(Type.Object({ extension: Type.String(), mime_type: Type.String() })),
});

const MB = 1024 * 1024;

/** Above this a form is too much to send twice; a piece fits what proxies let through. */
const RESUMABLE = { above: 10 * MB, chunk_size: 8 * MB };

/** The limits in force, as the API names them. */
export function policyJson({ limits, accepted, scanning }: ReturnType<Attachments['policy']>) {
  return {
    max_file_size: limits.maxFileSize,
    max_files_per_ticket: limits.maxFilesPerTicket,
    max_total_size_per_ticket: limits.maxTotalSizePerTicket,
    max_description_length: limits.maxDescriptionLength,
    uploads_per_minute: limits.uploadsPerMinute,
    concurrent_uploads: limits.concurrentUploads,
    max_staged_files: limits.maxStagedFiles,
    max_staged_size: limits.maxStagedSize,
    resumable: RESUMABLE,
    scanning,
    accepted: accepted.map(({ extension, mimeType }) => ({ extension, mime_type: mimeType })),
  };
}
