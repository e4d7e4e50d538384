import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { SCAN_STATUSES } from '../../db/schema.ts';
import type { App } from '../app.ts';
import { AttachmentSchema, attachmentJson } from '../attachment-json.ts';
import { IdempotencyHeaders, idempotencyOf } from '../idempotency.ts';
import { Id, listOf, listQuery, problems, text } from '../schemas.ts';
import type { Services } from '../services.ts';
import { takeUpload, UPLOAD_PROBLEMS } from '../uploading.ts';

const TicketParams = Type.Object({ ticket_id: Id });
const ReplyParams = Type.Object({ ticket_id: Id, reply_id: Id });
const tags = ['Attachments'];

/** The files of a ticket and of its replies: put there, and listed. */
export async function ticketAttachmentRoutes(app: App, services: Services): Promise<void> {
  const { access, attachments } = services;

  app.post(
    '/tickets/:ticket_id/attachments',
    {
      schema: {
        summary: 'Put a file on a ticket',
        description:
          'A form with one `file` and an optional `description`. 201 means that the file is durable.',
        tags,
        consumes: ['multipart/form-data'],
        headers: IdempotencyHeaders,
        params: TicketParams,
        response: { 201: AttachmentSchema, ...UPLOAD_PROBLEMS },
      },
    },
    (request, reply) => attach(request, reply, request.params.ticket_id),
  );

  app.post(
    '/tickets/:ticket_id/replies/:reply_id/attachments',
    {
      schema: {
        summary: 'Put a file on a reply of one’s own',
        tags,
        consumes: ['multipart/form-data'],
        headers: IdempotencyHeaders,
        params: ReplyParams,
        response: { 201: AttachmentSchema, ...UPLOAD_PROBLEMS },
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
    return reply.code(201).send(attachmentJson(access, caller, record));
  }

  app.get(
    '/tickets/:ticket_id/attachments',
    {
      schema: {
        summary: 'The files of a ticket, newest first',
        tags,
        params: TicketParams,
        querystring: listQuery({
          mime_type: Type.Optional(text(1, 127)),
          uploaded_by: Type.Optional(Id),
          virus_scan_status: Type.Optional(Type.Enum([...SCAN_STATUSES])),
          reply_id: Type.Optional(Id),
        }),
        response: { 200: listOf(AttachmentSchema), ...problems(400, 401, 403, 404) },
      },
    },
    async (request) => {
      const caller = request.caller();
      const grant = await access.toList(caller, request.params.ticket_id);
      const { skip, limit, ...filter } = request.query;
      const { data, total } = await attachments.list(grant, filter, { skip, limit });
      return { data: data.map((record) => attachmentJson(access, caller, record)), total, skip, limit };
    },
  );

  app.get(
    '/tickets/:ticket_id/replies/:reply_id/attachments',
    {
      schema: {
        summary: 'The files of a reply',
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
      const { data, total } = await attachments.list(grant, {});
      return { data: data.map((record) => attachmentJson(access, caller, record)), total };
    },
  );
}
