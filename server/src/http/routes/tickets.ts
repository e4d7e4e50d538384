import { locationOf } from '../addresses.ts';
import type { App } from '../app.ts';
import { IdempotencyHeaders, idempotencyOf } from '../idempotency.ts';
import { created, listOf, problems } from '../schemas.ts';
import type { Services } from '../services.ts';
import {
  NewTicketBody,
  TicketChangesBody,
  TicketParams,
  TicketQuery,
  TicketSchema,
} from '../ticket-schema.ts';

const tags = ['Tickets'];

/** `/tickets`: open, list, read, change. */
export async function ticketRoutes(app: App, { tickets, config }: Services): Promise<void> {
  app.post(
    '/tickets',
    {
      schema: {
        operationId: 'createTicket',
        tags,
        summary: 'Open a ticket',
        description:
          'Agents and admins may open one for somebody else (`requester_id`) and assign it (`assignee_id`).',
        headers: IdempotencyHeaders,
        body: NewTicketBody,
        response: { 201: created(TicketSchema), ...problems(400, 401, 403, 404, 409, 413, 422) },
      },
    },
    async (request, reply) => {
      const key = idempotencyOf(request, request.body);
      const ticket = await tickets.create(request.caller(), request.body, key);
      const location = locationOf(request, config, `/tickets/${ticket.id}`);
      return reply.code(201).header('location', location).send(ticket);
    },
  );

  app.get(
    '/tickets',
    {
      schema: {
        operationId: 'listTickets',
        tags,
        summary: 'List tickets',
        description:
          'Newest first unless sorted otherwise. Customers get those they opened or are in copy of; agents and admins get all.',
        querystring: TicketQuery,
        response: { 200: listOf(TicketSchema), ...problems(400, 401) },
      },
    },
    async (request) => {
      const { skip, limit, ...filter } = request.query;
      return tickets.list(request.caller(), filter, { skip, limit });
    },
  );

  app.get(
    '/tickets/:ticket_id',
    {
      schema: {
        operationId: 'getTicket',
        tags,
        summary: 'Read a ticket',
        params: TicketParams,
        response: { 200: TicketSchema, ...problems(401, 403, 404) },
      },
    },
    async (request) => tickets.get(request.caller(), request.params.ticket_id),
  );

  app.patch(
    '/tickets/:ticket_id',
    {
      schema: {
        operationId: 'updateTicket',
        tags,
        summary: 'Change a ticket',
        description:
          'For agents and admins. The requester may mark it solved and say who is in copy, until it is closed.',
        params: TicketParams,
        body: TicketChangesBody,
        response: { 200: TicketSchema, ...problems(400, 401, 403, 404, 409) },
      },
    },
    async (request) => tickets.change(request.caller(), request.params.ticket_id, request.body),
  );
}
