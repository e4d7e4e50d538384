import { Type } from 'typebox';
import { LIVE_KINDS, MOST_TICKETS } from '../../helpdesk/live.ts';
import type { App } from '../app.ts';
import { visitorOf } from '../authentication.ts';
import { type EventStream, openEventStream, sendEvents } from '../event-stream.ts';
import { Id, problems } from '../schemas.ts';
import type { Services } from '../services.ts';

const LastEventId = Type.String({
  maxLength: 64,
  description: 'The `id` of the last event you have: those that came since are told first.',
});
const Headers = Type.Object({ 'Last-Event-ID': Type.Optional(LastEventId) });
const Query = Type.Object(
  {
    ticket_id: Type.Optional(
      Type.Array(Id, {
        maxItems: MOST_TICKETS,
        description: 'The tickets to hear of, once for each; without any, of your own uploads alone.',
      }),
    ),
    last_event_id: Type.Optional(
      Type.String({ ...LastEventId, description: 'As `Last-Event-ID`, where a client cannot send that.' }),
    ),
    seconds: Type.Optional(
      Type.Integer({
        ...{ minimum: 0, maximum: 60, default: 30 },
        description:
          'What happened so shortly before is told, too: as long ago as you asked for what you have.',
      }),
    ),
  },
  { additionalProperties: false },
);
const STREAM = {
  200: {
    description: 'Events without end.',
    content: {
      'text/event-stream': {
        schema: Type.String({ description: `Events of these kinds: ${LIVE_KINDS.join(', ')}, ping.` }),
      },
    },
  },
};

/** `/events`: what happens, as it happens. */
export async function eventRoutes(app: App, services: Services): Promise<void> {
  const open = new Set<EventStream>();
  let closing = false;
  // A stream has no end of its own that a restart could wait for; its reader comes back.
  app.addHook('preClose', async () => {
    closing = true;
    for (const stream of open) stream.end();
  });

  app.get(
    '/events',
    {
      // One value comes as it is, several come as a list.
      preValidation: async ({ query }) => {
        if (query.ticket_id !== undefined) query.ticket_id = [query.ticket_id].flat();
      },
      schema: {
        operationId: 'streamEvents',
        tags: ['Events'],
        summary: 'Hear what happens on tickets',
        description:
          'Server-sent events: hints that something happened, which is then asked for as ever. After `ready` nothing is missed; after `reset` all is to be asked for anew; `ticket_lost` is a ticket you do not see any more. An event may come twice.',
        headers: Headers,
        querystring: Query,
        response: { ...STREAM, ...problems(400, 401, 403, 404, 429) },
      },
    },
    async (request, reply) => {
      const caller = request.caller();
      const stream = openEventStream();
      const reader = {
        recognise: async () =>
          (await services.accounts.callerOf(visitorOf(request, services.config)))?.caller,
        ...{ tell: stream.tell, end: stream.end },
      };
      const { ticket_id = [], last_event_id, seconds = 0 } = request.query;
      const place = (request.headers['last-event-id'] ?? last_event_id)?.toString();
      const asked = { ticketIds: [...new Set(ticket_id)], since: { place, seconds } };
      const leave = await services.live.open(reader, caller, asked);
      open.add(stream);
      const left = () => {
        leave();
        open.delete(stream);
        stream.body.destroy();
      };
      if (reply.raw.destroyed) left();
      else reply.raw.once('close', left);
      if (closing || request.method === 'HEAD') stream.end();
      return sendEvents(reply, stream);
    },
  );
}
