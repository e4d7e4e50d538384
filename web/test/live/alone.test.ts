import { afterEach, expect, test } from 'vitest';
import { listenAlone } from '../../src/live/alone.ts';
import type { Hears, LiveEvent } from '../../src/live/connection.ts';
import type { Line } from '../../src/live/line.ts';
import { stopTabs } from '../../src/live/stop.ts';

const lines: Line[] = [];
afterEach(() => {
  for (const line of lines.splice(0)) line.leave();
  look('visible');
});

/** As if the person looked at this tab, or at another. */
function look(visibility: 'visible' | 'hidden'): void {
  Object.defineProperty(document, 'visibilityState', { configurable: true, value: visibility });
  document.dispatchEvent(new Event('visibilitychange'));
}

function open(name = `alone ${Math.random()}`) {
  const heard: { events: LiveEvent[]; live: string[] | null; stopped: boolean } = {
    ...{ events: [], live: null, stopped: false },
  };
  const wanted: (string[] | null)[] = [];
  let says: Hears | undefined;
  const line = listenAlone(
    name,
    (hears) => {
      says = hears;
      return { want: (tickets) => void wanted.push(tickets && Object.keys(tickets)), close() {} };
    },
    {
      event: (event) => void heard.events.push(event),
      standing(live) {
        heard.live = live;
      },
      stop() {
        heard.stopped = true;
      },
    },
  );
  lines.push(line);
  return { line, heard, wanted, says: () => says };
}

test('a tab without locks has a line of its own while somebody looks at it', () => {
  const { line, wanted, heard, says } = open();
  line.want({ a: 1 });
  expect(wanted.at(-1)).toEqual(['a']);
  says()?.standing(['a']);
  says()?.event({ kind: 'reply_added', ticket_id: 'a' }, '1-1');
  expect(heard).toMatchObject({ live: ['a'], events: [{ kind: 'reply_added', ticket_id: 'a' }] });
  look('hidden');
  expect(wanted.at(-1)).toBeNull();
  look('visible');
  expect(wanted.at(-1)).toEqual(['a']);
});

test('a sign-out in another tab ends it', async () => {
  const name = `alone ${Math.random()}`;
  const { heard } = open(name);
  stopTabs(name);
  await expect.poll(() => heard.stopped).toBe(true);
});
