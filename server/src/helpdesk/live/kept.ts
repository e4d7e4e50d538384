import { sql } from 'kysely';
import type { Db } from '../../db/open.ts';
import type { Place, Told } from './told.ts';

/** How long events are kept for those who come back. Hours, and one less for a place: a transaction may take its time. */
const KEPT_HOURS = 24;
const PLACE_HOURS = 23;
/** Who has missed more asks for all anew. */
const MOST = 1_000;

export interface Missed {
  events: Told[];
  /** Where the reader stands when they have heard these. */
  place: Place;
  /** More is missed than can be told. */
  reset: boolean;
}

/** From where on somebody hears: from what is older of the two. */
export interface Since {
  place?: Place | undefined;
  /** What they show was asked for so long ago. */
  seconds: number;
}

/** What happened on these tickets, and to the person's uploads, since then: some of it perhaps heard before. */
export async function missedSince(
  db: Db,
  { place: since, seconds }: Since,
  personId: string,
  ticketIds: string[],
): Promise<Missed> {
  // Asked first: what is committed in between is told now and once more later, and never not at all.
  const place = await placeNow(db);
  if (since !== undefined && !isKept(since, place)) return { events: [], place, reset: true };
  const rows = await db
    .selectFrom('ticket_events')
    .select(['kind', 'ticket_id', 'user_id', 'reply_id', 'attachment_id', 'upload_id', 'internal'])
    .where(({ or, eb }) =>
      or([
        ...(ticketIds.length > 0 ? [eb('ticket_id', 'in', ticketIds)] : []),
        eb('user_id', '=', personId),
        eb('kind', '=', 'reset'),
      ]),
    )
    .where(({ or, eb }) =>
      or([
        eb('at', '>', sql<Date>`clock_timestamp() - make_interval(secs => ${seconds})`),
        ...(since === undefined ? [] : [sql<boolean>`xact >= ${xactOf(since).toString()}::xid8`]),
      ]),
    )
    .orderBy('seq')
    .limit(MOST + 1)
    .execute();
  return rows.length > MOST ? { events: [], place, reset: true } : { events: rows, place, reset: false };
}

/** Removes what nobody comes back for. */
export async function sweepEvents(db: Db): Promise<void> {
  await db
    .deleteFrom('ticket_events')
    .where('at', '<', sql<Date>`now() - make_interval(hours => ${KEPT_HOURS})`)
    .execute();
}

async function placeNow(db: Db): Promise<Place> {
  const { rows } = await sql<{ place: Place }>`SELECT ticket_event_place() AS place`.execute(db);
  const [row] = rows;
  if (!row) throw new Error('the database does not say where it stands');
  return row.place;
}

/** Whether all that came after it is still there. One of the future is of another database, or made up. */
function isKept(place: Place, now: Place): boolean {
  if (!/^\d{1,12}-\d{1,18}$/.test(place)) return false;
  const age = secondsOf(now) - secondsOf(place);
  return age < PLACE_HOURS * 3_600 && xactOf(place) <= xactOf(now);
}

const secondsOf = (place: Place) => Number(place.split('-')[0]);
const xactOf = (place: Place) => BigInt(place.split('-')[1] ?? '');
