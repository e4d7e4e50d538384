import { Type } from 'typebox';
import type { App } from '../app.ts';
import { AttachmentSchema, attachmentJson } from '../attachment-json.ts';
import { body, idOf, problems, REASON } from '../schemas.ts';
import type { Services } from '../services.ts';
import { TicketParams, TicketSchema } from '../ticket-schema.ts';

const FileParams = Type.Object({ attachment_id: idOf('a file') });

/** What an admin keeps from being purged, ticket by ticket or file by file. */
export async function legalHoldRoutes(app: App, { access, attachments, tickets }: Services): Promise<void> {
  app.put(
    '/tickets/:ticket_id/legal-hold',
    {
      schema: {
        operationId: 'holdTicket',
        summary: 'Put a ticket under legal hold',
        description:
          'By an admin: no file of it is purged until the hold is lifted, whoever deletes it. On a ticket that is held it changes the reason.',
        tags: ['Tickets'],
        params: TicketParams,
        body: body(REASON),
        response: { 200: TicketSchema, ...problems(400, 401, 403, 404) },
      },
    },
    async (request) => tickets.hold(request.caller(), request.params.ticket_id, request.body.reason.trim()),
  );

  app.delete(
    '/tickets/:ticket_id/legal-hold',
    {
      schema: {
        operationId: 'liftHoldOfTicket',
        summary: 'Lift the legal hold of a ticket',
        description:
          'By an admin. What is deleted and was kept by the hold alone is purged by the next sweep.',
        tags: ['Tickets'],
        params: TicketParams,
        body: body(REASON),
        response: { 200: TicketSchema, ...problems(400, 401, 403, 404) },
      },
    },
    async (request) =>
      tickets.liftHold(request.caller(), request.params.ticket_id, request.body.reason.trim()),
  );

  app.put(
    '/attachments/:attachment_id/legal-hold',
    {
      schema: {
        operationId: 'holdAttachment',
        summary: 'Put a file under legal hold',
        description:
          'By an admin, also a deleted file: it is not purged until the hold is lifted. On a file that is held it changes the reason.',
        tags: ['Attachments'],
        params: FileParams,
        body: body(REASON),
        response: { 200: AttachmentSchema, ...problems(400, 401, 403, 404, 410) },
      },
    },
    async (request) => {
      const caller = request.caller();
      const grant = await access.toHold(caller, request.params.attachment_id);
      return attachmentJson(access, caller, await attachments.hold(grant, request.body.reason.trim()));
    },
  );

  app.delete(
    '/attachments/:attachment_id/legal-hold',
    {
      schema: {
        operationId: 'liftHoldOfAttachment',
        summary: 'Lift the legal hold of a file',
        description: 'By an admin. A deleted file whose time is over is purged by the next sweep.',
        tags: ['Attachments'],
        params: FileParams,
        body: body(REASON),
        response: { 200: AttachmentSchema, ...problems(400, 401, 403, 404, 410) },
      },
    },
    async (request) => {
      const caller = request.caller();
      const grant = await access.toHold(caller, request.params.attachment_id);
      return attachmentJson(access, caller, await attachments.liftHold(grant, request.body.reason.trim()));
    },
  );
}
