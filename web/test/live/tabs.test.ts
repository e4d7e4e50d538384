import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Hears, LiveEvent } from '../../src/live/connection.ts';
import type { Line as Joined } from '../../src/live/line.ts';
import { stopTabs } from '../../src/live/stop.ts';
import { joinTabs } from '../../src/live/tabs.ts';

interface Line {
  hears: Hears;
  place: string;
  wanted: (string[] | null)[];
  closed: boolean;
}
interface Tab extends Joined {
  events: LiveEvent[];
  live: string[] | null;
  stopped: boolean;
}

let name: string;
let lines: Line[];
let tabs: Tab[];

beforeEach(() => {
  name = `test ${Math.random()}`;
  lines = [];
  tabs = [];
});
afterEach(() => {
  for (const tab of tabs) tab.leave();
});

/** As a tab of its own: channel and locks are shared by all of a browser, this page's too. */
function openTab(): Tab {
  const heard: Pick<Tab, 'events' | 'live' | 'stopped'> = { events: [], live: null, stopped: false };
  const joined = joinTabs(
    name,
    (hears, place) => {
      const line: Line = { hears, place, wanted: [], closed: false };
      lines.push(line);
      return {
        want: (tickets) => void line.wanted.push(tickets && Object.keys(tickets).sort()),
        close() {
          line.closed = true;
        },
      };
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
  const tab = Object.assign(heard, joined);
  tabs.push(tab);
  return tab;
}

const wanted = () => lines.at(-1)?.wanted.at(-1);
const leading = async () => {
  await vi.waitFor(() => expect(lines).toHaveLength(1));
  return lines[0] as Line;
};

test('one tab opens a line, for what all of them show, and all hear what comes', async () => {
  const [one, two] = [openTab(), openTab()];
  one.want({ b: 1 });
  two.want({ a: 1, b: 1 });
  const line = await leading();
  await vi.waitFor(() => expect(wanted()).toEqual(['a', 'b']));

  line.hears.standing(['a', 'b']);
  line.hears.event({ kind: 'reply_added', ticket_id: 'a' }, '7-7');
  await vi.waitFor(() => expect(two.events).toEqual([{ kind: 'reply_added', ticket_id: 'a' }]));
  expect(one.events).toEqual(two.events);
  expect([one.live, two.live]).toEqual([
    ['a', 'b'],
    ['a', 'b'],
  ]);
  expect(lines).toHaveLength(1);
});

test('who comes later is told how things stand, and the union is only asked anew when it changes', async () => {
  const one = openTab();
  one.want({ a: 1 });
  const line = await leading();
  await vi.waitFor(() => expect(wanted()).toEqual(['a']));
  line.hears.standing(['a']);
  const two = openTab();
  two.want({ a: 1 });
  await vi.waitFor(() => expect(two.live).toEqual(['a']));
  expect(new Set(line.wanted.map(String))).toEqual(new Set(['a']));
  two.want({});
  one.want(null);
  await vi.waitFor(() => expect(lines.at(-1)?.wanted.at(-1)).toEqual([]));
});

test('when the leading tab is gone another goes on from where it was, within a second', async () => {
  const [one, two, three] = [openTab(), openTab(), openTab()];
  one.want({ a: 1 });
  const line = await leading();
  two.want({ b: 1 });
  three.want({ c: 1 });
  await vi.waitFor(() => expect(wanted()).toEqual(['a', 'b', 'c']));
  line.hears.event({ kind: 'reply_added', ticket_id: 'b' }, '9-9');
  await vi.waitFor(() => expect(three.events).toHaveLength(1));

  one.leave();
  await vi.waitFor(() => expect(lines).toHaveLength(2), 1_000);
  expect(line.closed).toBe(true);
  expect(lines[1]?.place).toBe('9-9');
  await vi.waitFor(() => expect(wanted()).toEqual(['b', 'c']));
});

test('what a tab showed that is gone is not asked for any more', async () => {
  const [one, two] = [openTab(), openTab()];
  one.want({ a: 1 });
  await leading();
  two.want({ b: 1 });
  await vi.waitFor(() => expect(wanted()).toEqual(['a', 'b']));
  // As when it crashes: it says nothing.
  two.leave();
  await vi.waitFor(() => expect(wanted()).toEqual(['a']));
});

test('nobody leads who shows nothing', async () => {
  const [one, two] = [openTab(), openTab()];
  one.want({ a: 1 });
  const line = await leading();
  one.want(null);
  await vi.waitFor(() => expect(line.closed).toBe(true));
  two.want({ b: 1 });
  await vi.waitFor(() => expect(lines).toHaveLength(2));
  one.want({ c: 1 });
  await vi.waitFor(() => expect(wanted()).toEqual(['b', 'c']));
  expect(lines).toHaveLength(2);
});

test('a sign-out is heard by every tab', async () => {
  const [one, two] = [openTab(), openTab()];
  one.want({ a: 1 });
  two.want({ a: 1 });
  await leading();
  stopTabs(name);
  await vi.waitFor(() => expect([one.stopped, two.stopped]).toEqual([true, true]));
});
