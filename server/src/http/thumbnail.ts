import type { FastifyReply, FastifyRequest } from 'fastify';
import type { OpenThumbnail } from '../attachments/index.ts';
import { FILE_HEADERS } from './download.ts';
import { select } from './range.ts';

/**
 * Lists show the same ones again and again: the browser may keep them for ten minutes, for whoever is signed in there and
 * nobody else.
 */
const HEADERS = {
  ...FILE_HEADERS,
  'accept-ranges': 'none',
  'cache-control': 'private, max-age=600',
  vary: 'Authorization, Cookie',
};

/** Answers GET and HEAD with a thumbnail, or with 304 to who has it. */
export async function sendThumbnail(
  request: FastifyRequest,
  reply: FastifyReply,
  { sha256, size, read }: OpenThumbnail,
): Promise<FastifyReply> {
  const etag = `"${sha256}"`;
  reply.headers({ ...HEADERS, etag });
  const { 'if-none-match': ifNoneMatch } = request.headers;
  if (select({ 'if-none-match': ifNoneMatch }, etag, size).kind === 'not_modified') {
    return reply.code(304).send();
  }
  const bytes = request.method === 'HEAD' ? undefined : await read();
  return reply.headers({ 'content-type': 'image/webp', 'content-length': size }).send(bytes);
}
