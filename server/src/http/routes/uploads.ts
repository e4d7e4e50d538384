import { Type } from 'typebox';
import { locationOf } from '../addresses.ts';
import type { App } from '../app.ts';
import { CONTENT } from '../attachment-json.ts';
import { FORM_TYPE } from '../forms.ts';
import { IdempotencyHeaders, idempotencyOf } from '../idempotency.ts';
import {
  created,
  Id,
  idOf,
  listOf,
  listQuery,
  Nothing,
  named,
  nullable,
  problems,
  Timestamp,
} from '../schemas.ts';
import type { Services } from '../services.ts';
import { takeUpload, UPLOAD_PROBLEMS } from '../uploading.ts';

const UploadParams = Type.Object({ upload_id: idOf('one of your staged files') });
const tags = ['Uploads'];

const UploadSchema = named('Upload', {
  id: Id,
  state: Type.Literal('ready'),
  ...CONTENT,
  created_at: Timestamp,
  expires_at: Timestamp,
});

const begun = { id: Id, file_name: nullable(Type.String()), created_at: Timestamp };
const UploadRecordSchema = Type.Union(
  [
    UploadSchema,
    named('ReceivingUpload', {
      ...begun,
      state: Type.Literal('receiving'),
      upload_offset: nullable(Type.Integer({ description: 'Bytes that are durable; null for a form.' })),
      upload_length: nullable(Type.Integer({ description: 'Bytes that were announced; null for a form.' })),
      expires_at: Timestamp,
    }),
    named('AttachedUpload', { ...begun, state: Type.Literal('attached'), attachment_id: Id }),
    named('RefusedUpload', {
      ...begun,
      state: Type.Literal('refused'),
      code: Type.String({ description: 'As in a problem.' }),
      detail: Type.String({ description: 'What is wrong and what to do, for people.' }),
    }),
    named('ExpiredUpload', { ...begun, state: Type.Literal('expired') }),
  ],
  { title: 'UploadRecord' },
);

/** Files for a ticket or reply that is still being written; nobody but their owner sees them. */
export async function uploadRoutes(app: App, services: Services): Promise<void> {
  const { access, attachments } = services;

  app.post(
    '/uploads',
    {
      schema: {
        operationId: 'createUpload',
        summary: 'Stage a file',
        description:
          'A form with one `file` and an optional `description`. Name its id in `upload_ids` when you create the ticket or reply; it waits 24 hours.',
        tags,
        consumes: [FORM_TYPE],
        headers: IdempotencyHeaders,
        response: { 201: created(UploadSchema), ...UPLOAD_PROBLEMS },
      },
    },
    async (request, reply) => {
      const grant = access.toStage(request.caller());
      const staged = await takeUpload(services, request, reply, grant, (stored, description) =>
        attachments.stage(grant, stored, {
          description,
          idempotency: idempotencyOf(request, stored.fileName, stored.sha256, description),
        }),
      );
      const location = locationOf(request, services.config, `/uploads/${staged.id}`);
      return reply.code(201).header('location', location).send(staged);
    },
  );

  app.get(
    '/uploads',
    {
      schema: {
        operationId: 'listUploads',
        summary: 'List your staged files',
        description: 'Newest first.',
        tags,
        querystring: listQuery({}),
        response: { 200: listOf(UploadSchema), ...problems(400, 401) },
      },
    },
    async (request) => {
      const page = request.query;
      return { ...(await attachments.staged.list(request.caller(), page)), ...page };
    },
  );

  app.get(
    '/uploads/:upload_id',
    {
      schema: {
        operationId: 'getUpload',
        summary: 'Read what became of an upload',
        description:
          'Yours, staged or resumable or for a ticket: how far it is, or how it ended. Known for two days after that.',
        tags,
        params: UploadParams,
        response: { 200: UploadRecordSchema, ...problems(401, 404) },
      },
    },
    (request) => attachments.upload(request.caller(), request.params.upload_id),
  );

  app.delete(
    '/uploads/:upload_id',
    {
      schema: {
        operationId: 'deleteUpload',
        summary: 'Remove a staged file',
        tags,
        params: UploadParams,
        response: { 204: Nothing, ...problems(401, 404) },
      },
    },
    async (request, reply) => {
      await attachments.staged.discard(request.caller(), request.params.upload_id);
      return reply.code(204).send(null);
    },
  );
}
