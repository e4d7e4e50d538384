import type { FastifyReply } from 'fastify';
import { contentDisposition } from '../attachments/index.ts';
import { FILE_HEADERS } from './download.ts';

/** Answers with a zip; HEAD, for which there are no `bytes`, with its headers. */
export function sendArchive(
  reply: FastifyReply,
  name: string,
  bytes: NodeJS.ReadableStream | undefined,
): FastifyReply {
  return reply
    .headers({
      ...FILE_HEADERS,
      'accept-ranges': 'none',
      'content-type': 'application/zip',
      'content-disposition': contentDisposition(name, 'attachment'),
    })
    .send(bytes);
}
