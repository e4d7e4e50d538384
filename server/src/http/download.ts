import type { FastifyReply, FastifyRequest } from 'fastify';
import { contentDisposition, type OpenAttachment } from '../attachments/index.ts';
import { Refusal } from '../refusals.ts';
import { select } from './range.ts';

/**
 * What every answer with a stranger's bytes carries: a browser neither guesses their type, nor runs them, nor lets
 * another site embed them, nor keeps them.
 */
export const FILE_HEADERS = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "sandbox; default-src 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'private, no-store',
  'accept-ranges': 'bytes',
} as const;

/** Answers GET and HEAD with the file, the range or the state that the request's headers select. */
export async function sendFile(
  request: FastifyRequest,
  reply: FastifyReply,
  file: OpenAttachment,
  { disposition, headers }: { disposition: 'attachment' | 'inline'; headers: Record<string, string> } = {
    disposition: 'attachment',
    headers: FILE_HEADERS,
  },
): Promise<FastifyReply> {
  const etag = `"${file.sha256}"`;
  const selection = select(request.headers, etag, file.file_size);
  if (selection.kind === 'precondition_failed') throw new Refusal('precondition_failed');
  if (selection.kind === 'unsatisfiable') {
    reply.header('content-range', `bytes */${file.file_size}`);
    throw new Refusal('range_not_satisfiable', { limit: file.file_size });
  }
  if (selection.kind === 'not_modified')
    return reply
      .code(304)
      .headers({ ...headers, etag })
      .send();

  const link = request.method === 'GET' && disposition === 'attachment' ? await file.link() : undefined;
  if (link !== undefined) return reply.header('cache-control', 'no-store').redirect(link, 302);

  const range = selection.kind === 'part' ? selection.range : undefined;
  // First of all: where this throws, the answer says nothing of a file, least of all to be saved under its name.
  const bytes = request.method === 'HEAD' ? await file.check() : await file.read(range);
  reply.headers({
    ...headers,
    etag,
    'content-type': file.mime_type,
    'content-disposition': contentDisposition(file.file_name, disposition),
    'content-length': range ? range.end - range.start + 1 : file.file_size,
  });
  if (range) {
    reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${file.file_size}`);
  }
  return reply.send(bytes);
}
