import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ApiProblem, networkFailed } from '../../src/api/problem.ts';
import type { Draft, DraftFile } from '../../src/attachments/drafts.ts';
import type { FileState } from '../../src/attachments/queue.ts';
import { createUploads, type Judge, type UploadEvent, type Uploads } from '../../src/attachments/uploads.ts';
import { FakeLine, fileOf, stagedOf } from './fakes.ts';

const welcome: Judge = () => null;
const BUSY = new ApiProblem('upload_rate_exceeded', 429, { retryAfter: 30 });

let line: FakeLine;
let uploads: Uploads;
let events: UploadEvent[];
let discarded: string[];

beforeEach(() => {
  vi.useFakeTimers();
  line = new FakeLine();
  discarded = [];
  uploads = begin(null);
});

afterEach(() => vi.useRealTimers());

function begin(draft: Draft | null, online = true): Uploads {
  const made = createUploads(
    {
      send: (file, options) => line.send(file, options, (name) => stagedOf(name)),
      sendInPieces: (file, options) => line.send(file, options, (name) => stagedOf(name)),
      giveUp: async () => undefined,
      discard: async ({ id }) => {
        discarded.push(id);
      },
    },
    draft,
    online,
  );
  events = [];
  made.on((event) => events.push(event));
  return made;
}

function states(): FileState['at'][] {
  return uploads.get().files.map((file) => file.state.at);
}

function idOf(name: string): string {
  const found = uploads.get().files.find((queued) => queued.file.name === name);
  if (!found) throw new Error(`${name} is not in the queue`);
  return found.id;
}

/** Lets promises settle without letting time pass. */
const settle = () => vi.advanceTimersByTimeAsync(0);

function add(...names: string[]): void {
  uploads.add(
    names.map((name) => fileOf(name)),
    welcome,
  );
}

describe('the upload queue', () => {
  test('sends three at a time, and the next when one is done', async () => {
    add('1.txt', '2.txt', '3.txt', '4.txt');
    expect(line.names).toEqual(['1.txt', '2.txt', '3.txt']);
    expect(states()).toEqual(['sending', 'sending', 'sending', 'waiting']);

    line.of('2.txt').succeed();
    await settle();
    expect(line.names).toEqual(['1.txt', '2.txt', '3.txt', '4.txt']);
    expect(states()).toEqual(['sending', 'done', 'sending', 'sending']);
  });

  test('sends fewer at a time where the server allows fewer', () => {
    uploads.setAtOnce(1);
    add('1.txt', '2.txt');
    expect(line.names).toEqual(['1.txt']);
  });

  test('tells how much has left, how fast, and then the result', async () => {
    add('a.txt');
    await vi.advanceTimersByTimeAsync(1000);
    line.of('a.txt').progress(4);
    const { state } = uploads.get().files[0] ?? {};
    expect(state).toMatchObject({ at: 'sending', sent: 4, rate: { perSecond: 4 } });

    line.of('a.txt').succeed();
    await settle();
    expect(events.at(-1)).toMatchObject({ type: 'done', result: { file_name: 'a.txt' } });
  });

  test('calls off a file on its way, and starts the next', async () => {
    uploads.setAtOnce(1);
    add('a.txt', 'b.txt');
    uploads.remove(idOf('a.txt'));
    await settle();
    expect(line.of('a.txt').aborted).toBe(true);
    expect(line.names).toEqual(['a.txt', 'b.txt']);
    expect(events.some(({ type }) => type === 'failed')).toBe(false);
  });

  test('takes a staged file back from the server when it is removed', async () => {
    add('a.txt');
    line.of('a.txt').succeed();
    await settle();
    const done = events.at(-1);
    uploads.remove(idOf('a.txt'));
    expect(done?.type === 'done' && discarded).toEqual([done?.type === 'done' && done.result.id]);
  });

  test('takes nothing back once the files belong to a ticket', async () => {
    add('a.txt');
    line.of('a.txt').succeed();
    await settle();
    add('since.txt');
    uploads.clear([idOf('a.txt')]);
    expect(uploads.get().files.map(({ file }) => file.name)).toEqual(['since.txt']);
    expect(discarded).toEqual([]);
  });

  test('tries again under the same idempotency key', async () => {
    add('a.txt');
    const first = line.of('a.txt');
    first.fail(new ApiProblem('storage_full', 507));
    await settle();
    expect(uploads.get().files[0]?.state).toMatchObject({ at: 'failed', again: true });

    uploads.retry(idOf('a.txt'));
    expect(line.sendings).toHaveLength(2);
    expect(line.of('a.txt').key).toBe(first.key);
  });

  test('does not offer another try for a file that was judged', async () => {
    add('a.txt');
    line.of('a.txt').fail(new ApiProblem('type_mismatch', 400));
    await settle();
    expect(uploads.get().files[0]?.state).toMatchObject({ at: 'failed', again: false });
    expect(events.at(-1)).toMatchObject({ type: 'failed', problem: { code: 'type_mismatch' } });
  });

  test('waits out a Retry-After, with everything else, and goes on by itself', async () => {
    uploads.setAtOnce(1);
    add('a.txt', 'b.txt');
    line.of('a.txt').fail(BUSY);
    await settle();
    expect(states()).toEqual(['waiting', 'waiting']);
    expect(uploads.get().hold).toEqual({ why: 'busy', until: Date.now() + 30_000 });

    await vi.advanceTimersByTimeAsync(29_000);
    expect(line.sendings).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(line.names).toEqual(['a.txt', 'a.txt']);
    expect(uploads.get().hold).toBeNull();
  });

  test('a retry by hand does not cut a Retry-After short', async () => {
    add('a.txt', 'b.txt');
    line.of('b.txt').fail(new ApiProblem('storage_full', 507));
    line.of('a.txt').fail(BUSY);
    await settle();
    uploads.retry(idOf('b.txt'));
    expect(line.sendings).toHaveLength(2);
  });

  test('starts nothing while the browser is offline, and goes on when the line is back', async () => {
    uploads.setOnline(false);
    add('a.txt');
    expect(line.sendings).toEqual([]);
    uploads.setOnline(true);
    expect(line.names).toEqual(['a.txt']);
  });

  test('a file cut off by a lost line waits without an end until the browser is online', async () => {
    add('a.txt');
    uploads.setOnline(false);
    line.of('a.txt').fail(networkFailed());
    await vi.advanceTimersByTimeAsync(600_000);
    expect(states()).toEqual(['waiting']);
    uploads.setOnline(true);
    expect(line.sendings).toHaveLength(2);
  });

  test('tries a lost line again after growing pauses, and gives up at last', async () => {
    add('a.txt');
    const waits: number[] = [];
    for (let tries = 1; tries <= 5; tries += 1) {
      line.of('a.txt').fail(networkFailed());
      await settle();
      waits.push((uploads.get().hold?.until ?? 0) - Date.now());
      await vi.advanceTimersByTimeAsync(waits.at(-1) ?? 0);
    }
    expect(waits).toEqual([2000, 4000, 8000, 16_000, 32_000]);
    line.of('a.txt').fail(networkFailed());
    await settle();
    expect(uploads.get().files[0]?.state).toMatchObject({ at: 'failed', again: true });
  });

  test('takes a proxy without a server behind it for a lost line', async () => {
    add('a.txt');
    line.of('a.txt').fail(new ApiProblem('internal_error', 502));
    await settle();
    expect(uploads.get().hold?.why).toBe('line');
  });

  test('a byte that got through makes the line good again', async () => {
    add('a.txt');
    line.of('a.txt').fail(networkFailed());
    await vi.advanceTimersByTimeAsync(2000);
    line.of('a.txt').offset(1);
    line.of('a.txt').fail(networkFailed());
    await settle();
    expect(uploads.get().hold?.until).toBe(Date.now() + 2000);
  });

  test('asks about a file just like another one, and sends it when told to', () => {
    uploads.add([fileOf('a.txt')], () => 'ask');
    expect(states()).toEqual(['asking']);
    expect(line.sendings).toEqual([]);
    uploads.confirm(idOf('a.txt'));
    expect(line.names).toEqual(['a.txt']);
  });

  test('never sends what was refused, and judges each file knowing of those before it', () => {
    const seen: number[] = [];
    uploads.add([fileOf('a.txt'), fileOf('b.txt')], (_, queue) => {
      seen.push(queue.files.length);
      return new ApiProblem('file_empty', 0);
    });
    expect(seen).toEqual([0, 1]);
    expect(line.sendings).toEqual([]);
    expect(events.map(({ type }) => type)).toEqual(['added', 'failed', 'failed']);
  });

  test('stops for a page that is left, and begins anew when it is back', async () => {
    add('a.txt');
    const first = line.of('a.txt');
    uploads.stop();
    await settle();
    expect(first.aborted).toBe(true);
    expect(states()).toEqual(['waiting']);
    uploads.setOnline(true);
    expect(line.of('a.txt').key).toBe(first.key);
    await settle();
    line.of('a.txt').succeed();
    await settle();
    expect(states()).toEqual(['done']);
  });
});

describe('a draft', () => {
  const kept = (name: string, uploadId: string | null): DraftFile => ({
    id: `id of ${name}`,
    file: fileOf(name),
    idempotencyKey: `key of ${name}`,
    way: 'form',
    paused: false,
    uploadId,
  });

  test('keeps a file at once, learns its upload, and forgets it when it is removed', async () => {
    const calls: string[] = [];
    uploads = begin({
      load: async () => [],
      keep: async ({ file, uploadId }) =>
        calls.push(`keep ${file.name} ${uploadId ? 'staged' : 'chosen'}`) > 0,
      forget: async () => void calls.push('forget'),
      leave: () => undefined,
    });
    add('a.txt');
    line.of('a.txt').succeed();
    await settle();
    uploads.remove(idOf('a.txt'));
    expect(calls).toEqual(['keep a.txt chosen', 'keep a.txt staged', 'forget']);
  });

  test('forgets what was sent, and nothing that another tab has put there', async () => {
    const forgotten: string[] = [];
    uploads = begin({
      load: async () => [],
      keep: async () => true,
      forget: async (id) => void forgotten.push(id),
      leave: () => undefined,
    });
    add('a.txt', 'b.txt');
    const ids = ['a.txt', 'b.txt'].map(idOf);
    uploads.clear(ids);
    expect(forgotten).toEqual(ids);
  });

  test('keeps a file that is asked about only once it is wanted', () => {
    const kept: string[] = [];
    uploads = begin({
      load: async () => [],
      keep: async ({ file }) => kept.push(file.name) > 0,
      forget: async () => undefined,
      leave: () => undefined,
    });
    uploads.add([fileOf('a.txt')], () => 'ask');
    expect(kept).toEqual([]);
    uploads.confirm(idOf('a.txt'));
    expect(kept).toEqual(['a.txt']);
  });

  test('tells when the browser has no room to keep a file, which goes on its way all the same', async () => {
    uploads = begin({
      load: async () => [],
      keep: () => Promise.reject(new DOMException('full', 'QuotaExceededError')),
      forget: async () => undefined,
      leave: () => undefined,
    });
    add('a.txt');
    await settle();
    expect(events.map(({ type }) => type)).toEqual(['added', 'not_kept']);
    expect(states()).toEqual(['sending']);
  });

  test('what is still staged is there again without being sent', () => {
    uploads.restore([kept('a.txt', 'u1')], [stagedOf('a.txt', { id: 'u1' })]);
    expect(states()).toEqual(['done']);
    expect(line.sendings).toEqual([]);
  });

  test('what was cut off is sent under its old key, and what has expired under a new one', () => {
    uploads.restore([kept('cut.txt', null), kept('expired.txt', 'u1')], []);
    expect(line.of('cut.txt').key).toBe('key of cut.txt');
    expect(line.of('expired.txt').key).not.toBe('key of expired.txt');
  });

  test('is restored once, however often that is asked', () => {
    uploads.restore([kept('a.txt', null)], []);
    uploads.restore([kept('a.txt', null)], []);
    expect(line.names).toEqual(['a.txt']);
  });
});
