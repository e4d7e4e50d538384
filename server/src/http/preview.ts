import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  contentDisposition,
  type OpenAttachment,
  previewTypeOf,
  readableText,
} from '../attachments/index.ts';
import { Refusal } from '../refusals.ts';
import { FILE_HEADERS, sendFile } from './download.ts';
import { select } from './range.ts';

/** As for a download, but that our own pages may frame it. */
const PREVIEW_HEADERS = {
  ...FILE_HEADERS,
  'content-security-policy': "sandbox; default-src 'none'; frame-ancestors 'self'",
};

/**
 * Answers GET and HEAD with a file for a browser to show in place. A text comes as UTF-8, whole, whatever it is kept
 * in. Throws `preview_not_found` for a type that is only downloaded.
 */
export async function sendPreview(
  request: FastifyRequest,
  reply: FastifyReply,
  file: OpenAttachment,
): Promise<FastifyReply> {
  const type = previewTypeOf(file.mime_type);
  if (!type) throw new Refusal('preview_not_found', { file_name: file.file_name });
  if (type === 'text/plain') return sendText(request, reply, file);
  return sendFile(request, reply, file, { disposition: 'inline', headers: PREVIEW_HEADERS });
}

/** Its bytes are not those of the file, so that there are no ranges of them, and the tag is a weak one. */
async function sendText(
  request: FastifyRequest,
  reply: FastifyReply,
  file: OpenAttachment,
): Promise<FastifyReply> {
  const etag = `W/"${file.sha256}"`;
  const headers = { ...PREVIEW_HEADERS, 'accept-ranges': 'none', etag };
  const { 'if-none-match': ifNoneMatch } = request.headers;
  if (select({ 'if-none-match': ifNoneMatch }, `"${file.sha256}"`, file.file_size).kind === 'not_modified') {
    return reply.code(304).headers(headers).send();
  }
  const text = request.method === 'HEAD' ? await file.check() : readableText(await file.read());
  return reply
    .headers({
      ...headers,
      'content-type': 'text/plain; charset=utf-8',
      'content-disposition': contentDisposition(file.file_name, 'inline'),
    })
    .send(text);
}
