import { Type } from 'typebox';
import { CHECKSUM_ALGORITHMS } from '../../attachments/index.ts';
import { Refusal } from '../../refusals.ts';
import type { App } from '../app.ts';
import { idOf, Nothing, problems } from '../schemas.ts';
import type { Services } from '../services.ts';
import { handle } from '../tus/handle.ts';
import {
  CONTINUED,
  CREATED,
  CREATION_HEADERS,
  PIECE_HEADERS,
  PIECE_TYPE,
  STANDING,
  VERSION,
  VERSION_HEADERS,
} from '../tus/headers.ts';

const UploadParams = Type.Object({ upload_id: idOf('one of your resumable uploads') });
const tags = ['Resumable uploads'];

/** Resumable uploads: tus 1.0 with creation, creation-with-upload, expiration, termination and checksum. */
export async function tusRoutes(app: App, services: Services): Promise<void> {
  // The body is read by whoever takes the piece in; of another type it is nobody's.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _body, done) => done(null));
  app.addHook('onRequest', async (request, reply) => {
    if (request.method === 'OPTIONS') return;
    if (request.headers['tus-resumable'] !== VERSION) {
      reply.header('tus-version', VERSION);
      throw new Refusal('tus_version_unsupported', { limit: VERSION });
    }
    if (request.method === 'PATCH' && request.headers['content-type'] !== PIECE_TYPE) {
      throw new Refusal('media_type_unsupported', { limit: PIECE_TYPE });
    }
  });
  app.addHook('onSend', async (_request, reply) => {
    reply.header('tus-resumable', VERSION);
  });

  for (const url of ['/uploads/tus', '/uploads/tus/:upload_id']) {
    app.options(url, { config: { public: true }, schema: { hide: true } }, (request, reply) => {
      reply.header('tus-checksum-algorithm', CHECKSUM_ALGORITHMS.join(','));
      return handle(services, request, reply);
    });
  }

  app.post(
    '/uploads/tus',
    {
      schema: {
        operationId: 'createResumableUpload',
        summary: 'Begin a resumable upload (tus 1.0)',
        description:
          'Reserves room for a file that comes in pieces, at the address in Location. With a `ticket_id` (and `reply_id`) in Upload-Metadata the finished file is on the ticket at once; without, it is staged. May carry the first piece.',
        tags,
        consumes: [PIECE_TYPE],
        headers: CREATION_HEADERS,
        response: { 201: CREATED, ...problems(400, 401, 403, 404, 409, 412, 413, 415, 423, 429, 503, 507) },
      },
    },
    (request, reply) => handle(services, request, reply),
  );

  app.head(
    '/uploads/tus/:upload_id',
    {
      config: { swagger: { exposeHeadRoute: true } },
      schema: {
        operationId: 'resumableUploadOffset',
        summary: 'Ask how much of an upload is durable',
        tags,
        params: UploadParams,
        headers: VERSION_HEADERS,
        response: { 200: STANDING, ...problems(400, 401, 404, 409, 410, 412, 413, 423) },
      },
    },
    (request, reply) => handle(services, request, reply, request.params.upload_id),
  );

  app.patch(
    '/uploads/tus/:upload_id',
    {
      schema: {
        operationId: 'continueResumableUpload',
        summary: 'Send the next piece of an upload',
        description:
          'What arrives is kept, also of a piece that is cut. The answer to the last piece carries Docket-Upload-Id and, on a ticket, Docket-Attachment-Id.',
        tags,
        consumes: [PIECE_TYPE],
        params: UploadParams,
        headers: PIECE_HEADERS,
        response: {
          204: CONTINUED,
          ...problems(400, 401, 403, 404, 409, 410, 412, 413, 415, 423, 429, 460, 503, 507),
        },
      },
    },
    (request, reply) => handle(services, request, reply, request.params.upload_id),
  );

  app.delete(
    '/uploads/tus/:upload_id',
    {
      schema: {
        operationId: 'endResumableUpload',
        summary: 'Give up an upload that is not on a ticket',
        tags,
        params: UploadParams,
        headers: VERSION_HEADERS,
        response: { 204: Nothing, ...problems(401, 404, 409, 410, 412, 423) },
      },
    },
    (request, reply) => handle(services, request, reply, request.params.upload_id),
  );
}
