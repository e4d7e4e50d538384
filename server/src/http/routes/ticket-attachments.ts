import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { SCAN_STATUSES } from '../../db/schema.ts';
import { locationOf } from '../addresses.ts';
import type { App } from '../app.ts';
import { sendArchive } from '../archive.ts';
import {
  AttachmentPageSchema,
  AttachmentSchema,
  attachmentJson,
  DeletedAttachmentSchema,
  deletedAttachmentJson,
} from '../attachment-json.ts';
import { ARCHIVE_ANSWER } from '../download-schema.ts';
import { FORM_TYPE } from '../forms.ts';
import { IdempotencyHeaders, idempotencyOf } from '../idempotency.ts';
import { choice, created, idOf, listOf, listQuery, problems, text } from '../schemas.ts';
import type { Services } from '../services.ts';
import { TicketParams } from '../ticket-schema.ts';
import { takeUpload, UPLOAD_PROBLEMS } from '../uploading.ts';

const ReplyParams = Type.Object({ ...TicketParams.properties, reply_id: idOf('a reply on it') });
const tags = ['Attachments'];

/** The files of a ticket and of its replies: put there, and listed. */
export async function ticketAttachmentRoutes(app: App, services: Services): Promise<void> {
  const { access, attachments } = services;

  app.post(
    '/tickets/:ticket_id/attachments',
    {
      schema: {
        operationId: 'attachToTicket',
        summary: 'Put a file on a ticket',
        description:
          'A form with one `file` and an optional `description`. 201 means that the file is durable.',
        tags,
        consumes: [FORM_TYPE],
        headers: IdempotencyHeaders,
        params: TicketParams,
        response: { 201: created(AttachmentSchema), ...UPLOAD_PROBLEMS },
      },
    },
    (request, reply) => attach(request, reply, request.params.ticket_id),
  );

  app.post(
    '/tickets/:ticket_id/replies/:reply_id/attachments',
    {
      schema: {
        operationId: 'attachToReply',
        summary: 'Put a file on your own reply',
        tags,
        consumes: [FORM_TYPE],
        headers: IdempotencyHeaders,
        params: ReplyParams,
        response: { 201: created(AttachmentSchema), ...UPLOAD_PROBLEMS },
      },
    },
    (request, reply) => attach(request, reply, request.params.ticket_id, request.params.reply_id),
  );

  async function attach(request: FastifyRequest, reply: FastifyReply, ticketId: string, replyId?: string) {
    const caller = request.caller();
    const grant = await access.toAttach(caller, ticketId, replyId);
    const record = await takeUpload(services, request, reply, grant, (stored, description) =>
      attachments.admit(grant, stored, {
        description,
        idempotency: idempotencyOf(request, stored.fileName, stored.sha256, description),
      }),
    );
    const location = locationOf(request, services.config, `/attachments/${record.id}`);
    return reply
      .code(201)
      .header('location', location)
      .send(attachmentJson(access, caller, record));
  }

  app.get(
    '/tickets/:ticket_id/attachments',
    {
      schema: {
        operationId: 'listTicketAttachments',
        summary: 'List the files of a ticket',
        description: 'Newest first. Those on internal replies for agents and admins only.',
        tags,
        params: TicketParams,
        querystring: listQuery({
          mime_type: Type.Optional({ ...text(1, 127), description: 'Only files of this type.' }),
          uploaded_by: Type.Optional(idOf('whoever uploaded them')),
          virus_scan_status: Type.Optional({
            ...choice(SCAN_STATUSES),
            description: 'Only files with this verdict.',
          }),
          on: Type.Optional({
            ...choice(['ticket', 'replies']),
            description: 'Only files on the ticket itself, or only those on replies.',
          }),
          reply_id: Type.Optional(idOf('the reply they came with')),
        }),
        response: { 200: AttachmentPageSchema, ...problems(400, 401, 403, 404) },
      },
    },
    async (request) => {
      const caller = request.caller();
      const grant = await access.toList(caller, request.params.ticket_id);
      const { skip, limit, ...filter } = request.query;
      const { data, ...totals } = await attachments.list(grant, filter, { skip, limit });
      return { data: data.map((record) => attachmentJson(access, caller, record)), ...totals, skip, limit };
    },
  );

  app.get(
    '/tickets/:ticket_id/attachments/deleted',
    {
      schema: {
        operationId: 'listDeletedAttachments',
        summary: 'List the deleted files of a ticket',
        description: 'Those that the caller can restore: their own, for an admin all. Last deleted first.',
        tags,
        params: TicketParams,
        querystring: listQuery({}),
        response: { 200: listOf(DeletedAttachmentSchema), ...problems(400, 401, 403, 404) },
      },
    },
    async (request) => {
      const caller = request.caller();
      const grant = await access.toList(caller, request.params.ticket_id);
      const { data, total } = await attachments.listDeleted(grant, request.query);
      const shown = data.map((record) => deletedAttachmentJson(access, caller, record));
      return { data: shown, total, ...request.query };
    },
  );

  app.route({
    method: ['GET', 'HEAD'],
    url: '/tickets/:ticket_id/attachments.zip',
    schema: {
      operationId: 'downloadTicketAttachments',
      summary: 'Download all files of a ticket',
      description:
        'As a zip, made while it is sent, with a MANIFEST.txt that `sha256sum -c` takes: it lists what was left out (held, missing or damaged) and why. Files on internal replies for agents and admins only. An archive that arrives whole is whole.',
      tags,
      params: TicketParams,
      response: { ...ARCHIVE_ANSWER, ...problems(401, 403, 404) },
    },
    handler: async (request, reply) => {
      const caller = request.caller();
      const { number, subject } = await services.tickets.get(caller, request.params.ticket_id);
      const grant = await access.toList(caller, request.params.ticket_id);
      const title = `Ticket ${number}: ${subject}`;
      const bytes = request.method === 'GET' ? await attachments.pack(grant, title) : undefined;
      return sendArchive(reply, `ticket-${number}.zip`, bytes);
    },
  });

  app.get(
    '/tickets/:ticket_id/replies/:reply_id/attachments',
    {
      schema: {
        operationId: 'listReplyAttachments',
        summary: 'List the files of a reply',
        tags,
        params: ReplyParams,
        response: {
          200: Type.Object({ data: Type.Array(AttachmentSchema), total: Type.Integer() }),
          ...problems(401, 403, 404),
        },
      },
    },
    async (request) => {
      const caller = request.caller();
      const grant = await access.toList(caller, request.params.ticket_id, request.params.reply_id);
      const data = await attachments.listAll(grant);
      return { data: data.map((record) => attachmentJson(access, caller, record)), total: data.length };
    },
  );
}
