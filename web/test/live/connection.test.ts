import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Connection, type LiveEvent, openConnection } from '../../src/live/connection.ts';

/** A line that says what the test says. */
class FakeSource extends EventTarget {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static readonly CLOSED = 2;
  readonly url: URL;
  readyState = 1;
  onerror = () => {};
  constructor(url: string) {
    super();
    this.url = new URL(url, location.href);
    sources.push(this);
  }
  get tickets(): string[] {
    return this.url.searchParams.getAll('ticket_id');
  }
  say(kind: string, data: object = {}, lastEventId = ''): void {
    this.dispatchEvent(new MessageEvent(kind, { data: JSON.stringify(data), lastEventId }));
  }
  fail(readyState: number): void {
    this.readyState = readyState;
    this.onerror();
  }
  close(): void {
    this.readyState = 2;
  }
}

let sources: FakeSource[];
let events: LiveEvent[];
let standing: (string[] | null)[];
let connection: Connection;
/** What the API answers for a ticket. */
let states: Record<string, number>;

beforeEach(() => {
  [sources, events, standing, states] = [[], [], [], {}];
  vi.useFakeTimers();
  vi.stubGlobal('EventSource', FakeSource);
  const hears = {
    event: (event: LiveEvent) => void events.push(event),
    standing: (tickets: string[] | null) => void standing.push(tickets),
  };
  connection = openConnection(hears, '', async (ticket) => states[ticket] ?? 200);
});
afterEach(() => {
  connection.close();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const now = (...ids: string[]) => Object.fromEntries(ids.map((id) => [id, Date.now()]));
const last = () => sources.at(-1) as FakeSource;

test('it stands from ready on, and other tickets are asked for from where it was', () => {
  connection.want(now('a'));
  expect(last().tickets).toEqual(['a']);
  expect(last().url.searchParams.has('last_event_id')).toBe(false);
  last().say('ready', {}, '1-1');
  expect(standing.at(-1)).toEqual(['a']);
  last().say('reply_added', { ticket_id: 'a', reply_id: 'r' }, '2-2');
  expect(events).toEqual([{ kind: 'reply_added', ticket_id: 'a', reply_id: 'r' }]);

  const first = last();
  connection.want(now('a', 'b'));
  expect(first.readyState).toBe(2);
  expect(standing.at(-1)).toBeNull();
  expect(last().tickets).toEqual(['a', 'b']);
  expect(last().url.searchParams.get('last_event_id')).toBe('2-2');
  connection.want(now('a', 'b'));
  expect(sources).toHaveLength(2);
  connection.want(null);
  expect(sources).toHaveLength(2);
  expect(last().readyState).toBe(2);
});

test('a line that breaks stands no more until it is ready again', () => {
  connection.want(now('a'));
  last().say('ready', {}, '1-1');
  last().fail(0);
  expect(standing.at(-1)).toBeNull();
  last().say('ready', {}, '1-2');
  expect(standing.at(-1)).toEqual(['a']);
  expect(sources).toHaveLength(1);
});

test('a line that is silent for too long is opened anew; a sign of life keeps it', async () => {
  connection.want(now('a'));
  last().say('ready', {}, '1-1');
  await vi.advanceTimersByTimeAsync(45_000);
  last().say('ping');
  await vi.advanceTimersByTimeAsync(45_000);
  expect(sources).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(20_000);
  expect(sources).toHaveLength(2);
  expect(events).toEqual([]);
});

test('a ticket that may not be seen is left out and told, and the others go on', async () => {
  states = { b: 403 };
  connection.want(now('a', 'b', 'c'));
  last().fail(2);
  await vi.advanceTimersByTimeAsync(10);
  expect(events).toEqual([{ kind: 'ticket_lost', ticket_id: 'b' }]);
  expect(last().tickets).toEqual(['a', 'c']);
  last().say('ready', {}, '1-1');
  expect(standing.at(-1)).toEqual(['a', 'c']);
});

test('what is refused for another reason is asked for again, later and later, and at once when the line is back', async () => {
  connection.want(now('a'));
  for (const [pause, tries] of [
    [2_000, 2],
    [4_000, 3],
    [8_000, 4],
  ] as const) {
    last().fail(2);
    await vi.advanceTimersByTimeAsync(pause - 100);
    expect(sources).toHaveLength(tries - 1);
    await vi.advanceTimersByTimeAsync(200);
    expect(sources).toHaveLength(tries);
  }
  last().fail(2);
  window.dispatchEvent(new Event('online'));
  expect(sources).toHaveLength(5);
});

test('what happened since a ticket was asked for is told, and not again of those that were heard of', () => {
  const seconds = () => last().url.searchParams.get('seconds');
  connection.want({ a: Date.now() - 9_500 });
  expect(seconds()).toBe('15');
  last().say('ready', {}, '1-1');
  connection.want({ a: Date.now() - 9_500, b: Date.now() });
  expect(seconds()).toBe('5');
  connection.want({ b: Date.now(), c: 0 });
  expect(seconds()).toBe('60');
});
