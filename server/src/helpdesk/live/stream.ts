import type { Caller } from '../caller.ts';
import { isStaff } from '../caller.ts';
import type { Missed } from './kept.ts';
import { changesRights, isFor, type Told } from './told.ts';

/** Milliseconds after which it is asked again who listens, and what they may hear. */
const ASK_AGAIN = 30_000;
/** Words that may wait while something is asked. */
const MOST_WAITING = 1_000;

/** Somebody who listens, as whoever holds the line to them sees it. */
export interface Reader {
  /** Who it is, asked again with the credentials they came with; undefined when these hold no more. */
  recognise(): Promise<Caller | undefined>;
  tell(event: Told): void;
  /** The line is to be cut: they may come back, and are judged anew. */
  end(): void;
}

/** What a stream asks of the desk. */
export interface Asks {
  /** Throws the refusal of a ticket that the caller does not see. */
  admit(caller: Caller, ticketIds: string[]): Promise<void>;
  /** Those of these tickets that the caller sees now. */
  seen(caller: Caller, ticketIds: string[]): Promise<string[]>;
  missed(caller: Caller, ticketIds: string[]): Promise<Missed>;
}

export type Stream = ReturnType<typeof createStream>;

/**
 * One reader's share of all that is said. Words are taken one after the other: what comes after a change of rights is
 * told by the new ones. When anything cannot be asked the stream ends, and nothing more is told.
 */
export function createStream(reader: Reader, first: Caller, ticketIds: string[], asks: Asks) {
  const shown = new Set(ticketIds);
  let caller = first;
  let ended = false;
  let waiting = 0;
  let turn: Promise<void> = Promise.resolve();
  const timer = setInterval(() => void inTurn(askAgain), ASK_AGAIN);
  timer.unref();

  function inTurn(act: () => void | Promise<void>): Promise<void> {
    waiting += 1;
    if (waiting > MOST_WAITING) end();
    turn = turn
      .then(() => (ended ? undefined : act()))
      .catch(end)
      .finally(() => {
        waiting -= 1;
      });
    return turn;
  }

  /** Throws the refusal. What was missed is told in its own time, and what is said meanwhile comes after it. */
  function begin(): Promise<void> {
    const admitted = asks.admit(caller, ticketIds);
    void inTurn(async () => {
      await admitted;
      await catchUp();
    });
    return admitted;
  }

  async function catchUp(): Promise<void> {
    const { events, place, reset } = await asks.missed(caller, [...shown]);
    if (ended) return;
    if (reset) reader.tell({ kind: 'reset' });
    for (const event of events) if (isFor(event, caller, shown)) reader.tell(event);
    reader.tell({ kind: 'ready', place });
  }

  async function askAgain(): Promise<void> {
    const now = await reader.recognise();
    if (now?.id !== caller.id) return end();
    caller = now;
    const seen = new Set(await asks.seen(caller, [...shown]));
    for (const ticket_id of [...shown].filter((id) => !seen.has(id))) {
      shown.delete(ticket_id);
      if (!ended) reader.tell({ kind: 'ticket_lost', ticket_id });
    }
  }

  function hear(event: Told): void {
    const mayConcern = event.ticket_id ? shown.has(event.ticket_id) : true;
    const ofAnother = event.user_id && event.user_id !== first.id;
    if (!mayConcern || ofAnother) return;
    void inTurn(async () => {
      // The desk's people see every ticket.
      if (changesRights(event) && (event.user_id || !isStaff(caller))) await askAgain();
      if (event.kind !== 'person_changed' && !ended && isFor(event, caller, shown)) reader.tell(event);
    });
  }

  function leave(): void {
    ended = true;
    clearInterval(timer);
  }

  function end(): void {
    if (ended) return;
    leave();
    reader.end();
  }

  return { personId: first.id, begin, hear, leave };
}
