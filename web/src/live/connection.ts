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
  let wanted: string[] | null = null;
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

  /** These tickets, beside one's own uploads; null: nothing. */
  function want(tickets: string[] | null): void {
    if (JSON.stringify(tickets) === JSON.stringify(wanted)) return;
    wanted = tickets;
    refused.clear();
    pause = FIRST_PAUSE;
    open();
  }

  function open(): void {
    shut();
    if (!wanted) return;
    const tickets = wanted.filter((id) => !refused.has(id)).slice(-MOST_TICKETS);
    const asked = tickets.map((id) => ['ticket_id', id]);
    const query = new URLSearchParams([...asked, ...(place ? [['last_event_id', place]] : [])]);
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
      hears.standing(tickets);
    } else hears.event({ ...JSON.parse(data), kind }, place);
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

/** What the API answers whoever asks for it; 0 for nothing. */
async function askForTicket(ticket_id: string): Promise<number> {
  try {
    await done(api.GET('/api/v1/tickets/{ticket_id}', { params: { path: { ticket_id } } }));
    return 200;
  } catch (error) {
    return error instanceof ApiProblem ? error.status : 0;
  }
}
