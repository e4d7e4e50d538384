import { api, done } from '../api/client.ts';
import { ApiProblem } from '../api/problem.ts';

/** Something happened: a hint to ask for what it tells of. */
export interface LiveEvent {
  kind: string;
  ticket_id?: string;
  reply_id?: string;
  attachment_id?: string;
  upload_id?: string;
}

/** What is heard of tickets and of one's uploads, as docs/api.md says. */
const KINDS = [
  ...['reply_added', 'ticket_changed', 'ticket_lost', 'upload_judged', 'reset', 'ready', 'ping'],
  ...['added', 'judged', 'released', 'deleted', 'restored', 'changed'].map((what) => `attachment_${what}`),
];

/** As many as the server takes. */
const MOST_TICKETS = 100;
/** Seconds that an answer was on its way, and a transaction took. The server tells of a minute at most. */
const ON_ITS_WAY = 5;
const MOST_SECONDS = 60;
/** Milliseconds of silence after which the line is dead: a sign of life comes every 20 s. */
const SILENCE = 50_000;
/** Milliseconds until a refused stream is asked for again, doubled each time. */
const FIRST_PAUSE = 2_000;
const LONGEST_PAUSE = 60_000;

export interface Hears {
  /** `place` is how far this was. */
  event(event: LiveEvent, place: string): void;
  /** The tickets of which nothing is missed from now on; null while there is no line. */
  standing(tickets: string[] | null): void;
}

export type Connection = ReturnType<typeof openConnection>;

/**
 * The browser's one line to the server: what happens on the tickets that are wanted, from `place` on. `statusOf` finds
 * out about a ticket, since a line that is refused does not say why.
 */
export function openConnection(hears: Hears, place = '', statusOf = askForTicket) {
  let wanted: Record<string, number> | null = null;
  /** Nothing of these was missed since `place`. */
  let covered: string[] = [];
  let source: EventSource | undefined;
  let retry: number | undefined;
  let pause = FIRST_PAUSE;
  let lastSign = 0;
  const refused = new Set<string>();
  const watch = setInterval(() => {
    if (source?.readyState === EventSource.OPEN && Date.now() - lastSign > SILENCE) open();
  }, SILENCE / 5);
  const now = () => source?.readyState === EventSource.CLOSED && open();
  window.addEventListener('online', now);

  /** These tickets, each with when it was asked for, beside one's own uploads; null: nothing. */
  function want(next: Record<string, number> | null): void {
    const isSame = next && wanted && idsOf(next).join() === idsOf(wanted).join();
    if (isSame || next === wanted) return;
    wanted = next;
    covered = covered.filter((id) => next && id in next);
    refused.clear();
    pause = FIRST_PAUSE;
    open();
  }

  function open(): void {
    shut();
    if (!wanted) return;
    const tickets = idsOf(wanted)
      .filter((id) => !refused.has(id))
      .slice(-MOST_TICKETS);
    const query = new URLSearchParams({ seconds: String(secondsTo(tickets, wanted)) });
    for (const id of tickets) query.append('ticket_id', id);
    if (place) query.append('last_event_id', place);
    const opened = new EventSource(`/api/v1/events?${query}`);
    source = opened;
    lastSign = Date.now();
    for (const kind of KINDS) opened.addEventListener(kind, (event) => take(event, tickets));
    opened.onerror = () => {
      if (source !== opened) return;
      hears.standing(null);
      // A broken line is mended by the browser; what is refused is ours to understand.
      if (opened.readyState === EventSource.CLOSED) void understand(tickets);
    };
  }

  function take({ type: kind, data, lastEventId }: MessageEvent<string>, tickets: string[]): void {
    lastSign = Date.now();
    place = lastEventId || place;
    if (kind === 'ping') return;
    if (kind === 'ready') {
      pause = FIRST_PAUSE;
      covered = tickets;
      hears.standing(tickets);
    } else hears.event({ ...JSON.parse(data), kind }, place);
  }

  /** Since the first of the new ones was asked for. */
  function secondsTo(tickets: string[], asked: Record<string, number>): number {
    const fresh = tickets.filter((id) => !covered.includes(id));
    const ages = fresh.map((id) => (Date.now() - (asked[id] ?? 0)) / 1000);
    return fresh.length > 0 ? Math.min(Math.ceil(Math.max(0, ...ages)) + ON_ITS_WAY, MOST_SECONDS) : 0;
  }

  /** A ticket that is not to be seen is left out; whoever is signed out is told so by the API's client. */
  async function understand(tickets: string[]): Promise<void> {
    const asked = source;
    const states = await Promise.all(tickets.map(statusOf));
    if (source !== asked) return;
    const lost = tickets.filter((_, index) => states[index] === 403 || states[index] === 404);
    for (const ticket_id of lost) {
      refused.add(ticket_id);
      hears.event({ kind: 'ticket_lost', ticket_id }, place);
    }
    retry = window.setTimeout(open, lost.length > 0 ? 0 : pause);
    pause = Math.min(2 * pause, LONGEST_PAUSE);
  }

  function shut(): void {
    clearTimeout(retry);
    source?.close();
    source = undefined;
    hears.standing(null);
  }

  function close(): void {
    shut();
    clearInterval(watch);
    window.removeEventListener('online', now);
  }

  return { want, close };
}

const idsOf = (wanted: Record<string, number>) => Object.keys(wanted).sort();

/** What the API answers whoever asks for it; 0 for nothing. */
async function askForTicket(ticket_id: string): Promise<number> {
  try {
    await done(api.GET('/api/v1/tickets/{ticket_id}', { params: { path: { ticket_id } } }));
    return 200;
  } catch (error) {
    return error instanceof ApiProblem ? error.status : 0;
  }
}
