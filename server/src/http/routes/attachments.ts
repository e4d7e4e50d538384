import { Type } from 'typebox';
import { MAX_DESCRIPTION_LENGTH } from '../../attachments/index.ts';
import type { App } from '../app.ts';
import { AttachmentSchema, attachmentJson } from '../attachment-json.ts';
import { sendFile } from '../download.ts';
import { DOWNLOAD_ANSWERS, DownloadHeaders, SENT_ON, THUMBNAIL_ANSWERS } from '../download-schema.ts';
import { PolicySchema, policyJson } from '../policy-json.ts';
import { sendPreview } from '../preview.ts';
import { body, idOf, Nothing, nullable, problems, REASON, text } from '../schemas.ts';
import type { Services } from '../services.ts';
import { sendThumbnail } from '../thumbnail.ts';

const FileParams = Type.Object({ attachment_id: idOf('a file') });
const tags = ['Attachments'];

/** One file: what is known of it, its bytes, and its end. */
export async function attachmentRoutes(app: App, { access, attachments }: Services): Promise<void> {
  app.get(
    '/attachments/:attachment_id',
    {
      schema: {
        operationId: 'getAttachment',
        summary: 'Read what is known of a file',
        tags,
        params: FileParams,
        response: { 200: AttachmentSchema, ...problems(401, 403, 404) },
      },
    },
    async (request) => {
      const caller = request.caller();
      const record = await attachments.get(await access.toRead(caller, request.params.attachment_id));
      return attachmentJson(access, caller, record);
    },
  );

  app.patch(
    '/attachments/:attachment_id',
    {
      schema: {
        operationId: 'updateAttachment',
        summary: 'Change a file’s description',
        description: 'By its uploader, or an admin.',
        tags,
        params: FileParams,
        body: Type.Object(
          { description: nullable(text(0, MAX_DESCRIPTION_LENGTH)) },
          { additionalProperties: false },
        ),
        response: { 200: AttachmentSchema, ...problems(400, 401, 403, 404) },
      },
    },
    async (request) => {
      const caller = request.caller();
      const grant = await access.toEdit(caller, request.params.attachment_id);
      const description = request.body.description?.trim() || null;
      return attachmentJson(access, caller, await attachments.describe(grant, description));
    },
  );

  app.route({
    method: ['GET', 'HEAD'],
    url: '/attachments/:attachment_id/download',
    schema: {
      operationId: 'downloadAttachment',
      summary: 'Download a file',
      description: 'Whole or one range (RFC 9110, section 14); the ETag is its SHA-256.',
      tags,
      params: FileParams,
      headers: DownloadHeaders,
      response: {
        ...DOWNLOAD_ANSWERS,
        ...SENT_ON,
        ...problems(401, 403, 404, 409, 410, 412, 416, 500),
      },
    },
    handler: async (request, reply) => {
      const { attachment_id } = request.params;
      const file = await attachments.open(await access.toRead(request.caller(), attachment_id));
      return sendFile(request, reply, file);
    },
  });

  app.route({
    method: ['GET', 'HEAD'],
    url: '/attachments/:attachment_id/preview',
    // Its own policy says who may frame it, which this header cannot.
    helmet: { frameguard: false },
    schema: {
      operationId: 'previewAttachment',
      summary: 'Show a file in place',
      description:
        'Images and PDFs as they are, whole or one range; texts and CSV as plain text in UTF-8, whole. Nothing in it is run, and only Docket’s own pages may frame it.',
      tags,
      params: FileParams,
      headers: DownloadHeaders,
      response: {
        ...DOWNLOAD_ANSWERS,
        ...problems(401, 403, 404, 409, 410, 412, 416, 500),
      },
    },
    handler: async (request, reply) => {
      const grant = await access.toRead(request.caller(), request.params.attachment_id);
      return sendPreview(request, reply, await attachments.open(grant, 'previewed'));
    },
  });

  app.route({
    method: ['GET', 'HEAD'],
    url: '/attachments/:attachment_id/thumbnail',
    schema: {
      operationId: 'getThumbnail',
      summary: 'See a small picture of a picture',
      description: 'WebP, at most 320 pixels at its longest edge, upright. Made when it is asked for first.',
      tags,
      params: FileParams,
      headers: Type.Pick(DownloadHeaders, ['If-None-Match']),
      response: { ...THUMBNAIL_ANSWERS, ...problems(401, 403, 404, 409, 410, 422, 500, 503) },
    },
    handler: async (request, reply) => {
      const grant = await access.toRead(request.caller(), request.params.attachment_id);
      return sendThumbnail(request, reply, await attachments.thumbnail(grant));
    },
  });

  app.delete(
    '/attachments/:attachment_id',
    {
      schema: {
        operationId: 'deleteAttachment',
        summary: 'Delete a file',
        description: 'By its uploader, or an admin. Its place on the ticket is free at once.',
        tags,
        params: FileParams,
        response: { 204: Nothing, ...problems(401, 403, 404) },
      },
    },
    async (request, reply) => {
      await attachments.remove(await access.toDelete(request.caller(), request.params.attachment_id));
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/attachments/:attachment_id/restore',
    {
      schema: {
        operationId: 'restoreAttachment',
        summary: 'Take back that a file was deleted',
        description:
          'By its uploader, or an admin, until it is purged. The limits of the ticket hold again. A file that is not deleted stays as it is.',
        tags,
        params: FileParams,
        response: { 200: AttachmentSchema, ...problems(401, 403, 404, 409, 410, 413) },
      },
    },
    async (request) => {
      const caller = request.caller();
      const grant = await access.toRestore(caller, request.params.attachment_id);
      return attachmentJson(access, caller, await attachments.restore(grant));
    },
  );

  app.post(
    '/attachments/:attachment_id/purge',
    {
      schema: {
        operationId: 'purgeAttachment',
        summary: 'Give up a file for good',
        description:
          'By an admin, before its time is over: one that is deleted, or one in quarantine. Its bytes are removed; who did it and why is kept. A legal hold forbids it.',
        tags,
        params: FileParams,
        body: body(REASON),
        response: { 204: Nothing, ...problems(400, 401, 403, 404, 409, 410) },
      },
    },
    async (request, reply) => {
      const grant = await access.toPurge(request.caller(), request.params.attachment_id);
      await attachments.purge(grant, request.body.reason.trim());
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/attachments/policy',
    {
      schema: {
        operationId: 'getAttachmentPolicy',
        summary: 'Read the limits and types in force',
        description: 'So that no client has to guess them. Sizes are bytes.',
        tags,
        response: { 200: PolicySchema, ...problems(401) },
      },
    },
    async () => policyJson(attachments.policy()),
  );
}
