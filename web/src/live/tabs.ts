import type { LiveEvent } from './connection.ts';
import type { Connect, Hearing, Line, Wants } from './line.ts';

type Word =
  | { type: 'wants'; tab: string; wants: Wants }
  | { type: 'ask' }
  | { type: 'event'; event: LiveEvent; place: string }
  | { type: 'standing'; live: string[] | null }
  | { type: 'stop' };

/** Milliseconds in which all tabs have answered, and a change of screens is over. */
const SETTLED = 50;

/**
 * This tab among the browser's others, which share one line: six of them would be all that a browser opens to a server
 * over HTTP/1.1. One tab leads, by a lock that passes on when the tab is gone; it asks for what all of them want and
 * passes on what it hears.
 */
export function joinTabs(name: string, connect: Connect, hearing: Hearing): Line {
  const channel = new BroadcastChannel(name);
  const self = Math.random().toString(36).slice(2);
  let wants: Wants = null;
  let place = '';
  let lead: ReturnType<typeof createLead> | undefined;
  let resign: (() => void) | undefined;
  let leave = () => {};
  // Whoever is told of this tab finds its lock taken until it is gone.
  const present = new Promise<void>((resolve) => {
    void navigator.locks.request(`${name} ${self}`, () => {
      resolve();
      return new Promise<void>((left) => {
        leave = left;
      });
    });
  });

  channel.onmessage = ({ data: word }: MessageEvent<Word>) => {
    if (word.type === 'wants') lead?.take(word.tab, word.wants);
    else if (word.type === 'ask') say({ type: 'wants', tab: self, wants });
    else hear(word);
  };

  function say(word: Word): void {
    channel.postMessage(word);
  }

  function hear(word: Word): void {
    if (word.type === 'event') {
      place = word.place;
      hearing.event(word.event);
    }
    if (word.type === 'standing') hearing.standing(word.live);
    if (word.type === 'stop') hearing.stop();
  }

  function want(next: Wants): void {
    wants = next;
    void present.then(() => say({ type: 'wants', tab: self, wants }));
    lead?.take(self, wants);
    if (wants && !resign) run();
    if (!wants) resign?.();
  }

  /** Leads when nobody else does, until it wants nothing any more. */
  function run(): void {
    const withdrawn = new AbortController();
    const resigned = new Promise<void>((resolve) => {
      resign = () => {
        resign = undefined;
        withdrawn.abort();
        resolve();
      };
    });
    navigator.locks
      .request(`${name} lead`, { signal: withdrawn.signal }, async () => {
        lead = createLead();
        lead.take(self, wants);
        say({ type: 'ask' });
        await resigned;
        lead.close();
        lead = undefined;
      })
      .catch(() => {}); // withdrawn before its turn came
  }

  function createLead() {
    const all = new Map<string, Wants>();
    const watched = new Set([self]);
    const tell = (word: Word) => {
      hear(word);
      say(word);
    };
    let live: string[] | null = null;
    let settling: number | undefined;
    const connection = connect(
      {
        event: (event, at) => tell({ type: 'event', event, place: at }),
        standing(tickets) {
          live = tickets;
          tell({ type: 'standing', live });
        },
      },
      place,
    );

    function take(tab: string, itsWants: Wants): void {
      all.set(tab, itsWants);
      if (!watched.has(tab)) watch(tab);
      clearTimeout(settling);
      settling = window.setTimeout(settle, SETTLED);
    }

    function settle(): void {
      connection.want(union([...all.values()]));
      // Whoever has just come has not heard it.
      if (live) say({ type: 'standing', live });
    }

    function watch(tab: string): void {
      watched.add(tab);
      void navigator.locks.request(`${name} ${tab}`, () => {
        if (lead === own) take(tab, null);
      });
    }

    const own = {
      take,
      close(): void {
        clearTimeout(settling);
        connection.close();
      },
    };
    return own;
  }

  return {
    want,
    /** As when the tab is closed. */
    leave(): void {
      resign?.();
      leave();
      channel.close();
    },
  };
}

function union(all: Wants[]): Wants {
  const wanted = all.filter((one) => one !== null);
  if (wanted.length === 0) return null;
  const first: Record<string, number> = {};
  for (const [id, askedAt] of wanted.flatMap(Object.entries<number>))
    first[id] = Math.min(first[id] ?? askedAt, askedAt);
  return first;
}
