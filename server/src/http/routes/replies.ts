import type { App } from '../app.ts';
import { IdempotencyHeaders, idempotencyOf } from '../idempotency.ts';
import { NewReplyBody, ReplyQuery, ReplySchema } from '../reply-schema.ts';
import { listOf, problems } from '../schemas.ts';
import type { Services } from '../services.ts';
import { TicketParams } from '../ticket-schema.ts';

const tags = ['Replies'];

/** `/tickets/{ticket_id}/replies`: write, list. */
export async function replyRoutes(app: App, { replies }: Services): Promise<void> {
  app.post(
    '/tickets/:ticket_id/replies',
    {
      schema: {
        operationId: 'createReply',
        tags,
        summary: 'Reply to a ticket',
        description:
          'A reply of the requester or of a customer in copy opens a pending or solved ticket again. A closed ticket takes none.',
        params: TicketParams,
        headers: IdempotencyHeaders,
        body: NewReplyBody,
        response: { 201: ReplySchema, ...problems(400, 401, 403, 404, 409, 413, 422) },
      },
    },
    async (request, reply) => {
      const key = idempotencyOf(request, request.body);
      const written = await replies.create(request.caller(), request.params.ticket_id, request.body, key);
      return reply.code(201).send(written);
    },
  );

  app.get(
    '/tickets/:ticket_id/replies',
    {
      schema: {
        operationId: 'listReplies',
        tags,
        summary: 'List the replies of a ticket',
        description:
          'In the order they were written, with their files. Internal ones for agents and admins only.',
        params: TicketParams,
        querystring: ReplyQuery,
        response: { 200: listOf(ReplySchema), ...problems(400, 401, 403, 404) },
      },
    },
    async (request) => replies.list(request.caller(), request.params.ticket_id, request.query),
  );
}
