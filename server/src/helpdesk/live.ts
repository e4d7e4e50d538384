import type { Notifications } from '../db/notifications.ts';
import type { Db } from '../db/open.ts';
import type { Log } from '../log.ts';
import { Refusal } from '../refusals.ts';
import type { Access } from './access.ts';
import type { Caller } from './caller.ts';
import { missedSince, type Since, sweepEvents } from './live/kept.ts';
import { createStream, type Reader, type Stream } from './live/stream.ts';
import { toldBy } from './live/told.ts';

export type { Reader } from './live/stream.ts';
export { LIVE_KINDS, type Place, type Told } from './live/told.ts';

/** What one person may listen to at once, at one instance: a stream for each browser, and room for programs. */
const MOST_STREAMS = 20;
export const MOST_TICKETS = 100;

export type Live = Awaited<ReturnType<typeof createLive>>;

/**
 * What happens on tickets, told to those who may see it, whichever instance it happened at. Words are hints: what they
 * tell of is asked for through the API, which judges for itself.
 */
export async function createLive({
  db,
  access,
  notifications,
  log,
}: {
  db: Db;
  access: Access;
  notifications: Notifications;
  log: Log;
}) {
  const streams = new Set<Stream>();

  await notifications.listen(
    'ticket_events',
    (word) => {
      const event = toldBy(word);
      for (const stream of streams) stream.hear(event);
    },
    () => {
      log.warn(
        { streams: streams.size },
        'words about tickets may have been lost; everybody asks for all anew',
      );
      for (const stream of streams) stream.hear({ kind: 'reset' });
    },
  );

  /**
   * Tells `reader` what happens on these tickets and to the caller's own uploads: first what they missed since `since`,
   * then `ready`, then everything. Throws the refusal of a ticket that the caller does not see, and `streams_exceeded`.
   * Resolves to what ends it from the reader's side.
   */
  async function open(
    reader: Reader,
    caller: Caller,
    { ticketIds, since }: { ticketIds: string[]; since: Since },
  ): Promise<() => void> {
    if ([...streams].filter(({ personId }) => personId === caller.id).length >= MOST_STREAMS) {
      throw new Refusal('streams_exceeded', { limit: MOST_STREAMS, retry_after: 30 });
    }
    const stream = createStream(reader, caller, ticketIds, {
      admit: access.toSeeTickets,
      seen: access.seenTickets,
      missed: (person, ids) => missedSince(db, since, person.id, ids),
    });
    const leave = () => {
      stream.leave();
      streams.delete(stream);
    };
    // It hears before access is asked, and is told after.
    streams.add(stream);
    try {
      await stream.begin();
    } catch (error) {
      leave();
      throw error;
    }
    return leave;
  }

  return { open, sweep: () => sweepEvents(db) };
}
