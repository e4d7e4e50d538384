import { Type } from 'typebox';
import type { App } from '../app.ts';
import {
  AttachmentSchema,
  attachmentJson,
  BlockedAttachmentSchema,
  blockedAttachmentJson,
} from '../attachment-json.ts';
import { body, idOf, listOf, listQuery, problems, REASON } from '../schemas.ts';
import type { Services } from '../services.ts';

const FileParams = Type.Object({ attachment_id: idOf('a file') });
const tags = ['Attachments'];

/** What becomes of files that the scanner let nobody have. */
export async function verdictRoutes(app: App, { access, attachments }: Services): Promise<void> {
  app.get(
    '/attachments/blocked',
    {
      schema: {
        operationId: 'listBlockedAttachments',
        summary: 'List the blocked files of all tickets',
        description:
          'For agents and admins: infected files, and those that nobody could look into, the last judged first. Released and deleted ones are left out.',
        tags,
        querystring: listQuery({}),
        response: { 200: listOf(BlockedAttachmentSchema), ...problems(400, 401, 403) },
      },
    },
    async (request) => {
      const caller = request.caller();
      const page = request.query;
      const { data, total } = await attachments.scans.listBlocked(access.toListBlocked(caller), page);
      return { data: data.map((file) => blockedAttachmentJson(access, caller, file)), total, ...page };
    },
  );

  app.post(
    '/attachments/:attachment_id/release',
    {
      schema: {
        operationId: 'releaseAttachment',
        summary: 'Give out a blocked file after all',
        description:
          'One that could not be scanned by an agent or admin, one in quarantine by an admin. The verdict stays; who released it and why is kept.',
        tags,
        params: FileParams,
        body: body(REASON),
        response: { 200: AttachmentSchema, ...problems(400, 401, 403, 404, 409, 410) },
      },
    },
    async (request) => {
      const caller = request.caller();
      const grant = await access.toRelease(caller, request.params.attachment_id);
      const record = await attachments.scans.release(grant, request.body.reason.trim());
      return attachmentJson(access, caller, record);
    },
  );

  app.post(
    '/attachments/:attachment_id/rescan',
    {
      schema: {
        operationId: 'rescanAttachment',
        summary: 'Have a file scanned again',
        description: 'By an admin. It keeps its verdict until there is another one, some seconds later.',
        tags,
        params: FileParams,
        response: { 202: AttachmentSchema, ...problems(401, 403, 404, 409) },
      },
    },
    async (request, reply) => {
      const caller = request.caller();
      const { attachment_id } = request.params;
      await attachments.scans.ask(await access.toRescan(caller, attachment_id));
      const record = await attachments.get(await access.toRead(caller, attachment_id));
      return reply.code(202).send(attachmentJson(access, caller, record));
    },
  );
}
