import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ApiProblem, networkFailed } from '../../src/api/problem.ts';
import type { Draft, DraftFile } from '../../src/attachments/drafts.ts';
import { inThisTabAlone, type QueuedFile } from '../../src/attachments/queue.ts';
import { createUploads, type UploadEvent, type Uploads } from '../../src/attachments/uploads.ts';
import { FakeLine, fileOf, stagedOf } from './fakes.ts';

const PIECES = { above: 100, size: 50 };
const LARGE = 'x'.repeat(200);

let line: FakeLine;
let uploads: Uploads;
let events: UploadEvent[];
let givenUp: string[];
let kept: DraftFile[];
let forgotten: string[];
let room: boolean;

beforeEach(() => {
  vi.useFakeTimers();
  [line, events, givenUp, kept, forgotten, room] = [new FakeLine(), [], [], [], [], true];
  const draft: Draft = {
    load: async () => [],
    keep: async (file) => kept.push(file) > 0 && room,
    forget: async (id) => void forgotten.push(id),
    leave: () => undefined,
  };
  const send: FakeLine['send'] = (file, options, result) => line.send(file, options, result);
  uploads = createUploads(
    {
      send: (file, options) => send(file, options, (name) => stagedOf(name)),
      sendInPieces: (file, options) => send(file, options, (name) => stagedOf(name)),
      giveUp: async (uploadId) => void givenUp.push(uploadId),
    },
    draft,
    true,
  );
  uploads.setPieces(PIECES);
  uploads.on((event) => events.push(event));
});

afterEach(() => vi.useRealTimers());

const settle = () => vi.advanceTimersByTimeAsync(0);
const large = (name: string) => fileOf(name, LARGE);

function add(...files: File[]): void {
  uploads.add(files, () => null);
}

function queued(name: string): QueuedFile {
  const found = uploads.get().files.find(({ file }) => file.name === name);
  if (!found) throw new Error(`${name} is not in the queue`);
  return found;
}

/** A large file that is some way along. */
function underWay(name = 'a.txt'): void {
  add(large(name));
  line.of(name).begin(`upload of ${name}`);
  line.of(name).offset(0, true);
  line.of(name).progress(120);
  line.of(name).offset(100);
}

describe('the way a file goes', () => {
  test('is in pieces above the size that the server names, and else by form', () => {
    add(large('large.txt'), fileOf('small.txt'));
    expect(line.of('large.txt').uploadId).toBeNull();
    expect(line.of('small.txt').uploadId).toBeUndefined();
  });

  test.each([
    ['a lost line', networkFailed()],
    ['a server in trouble', new ApiProblem('storage_unavailable', 503)],
    ['a silence', new ApiProblem('upload_stalled', 408)],
  ])('turns to pieces for a form that %s cut in the middle', async (_, problem) => {
    add(fileOf('a.txt'));
    line.of('a.txt').progress(4);
    line.of('a.txt').fail(problem);
    await vi.advanceTimersByTimeAsync(2000);
    expect(line.sendings).toHaveLength(2);
    expect(line.of('a.txt').uploadId).toBeNull();
  });

  test('stays the form for one that had left whole: under its key alone it makes no second file', async () => {
    add(fileOf('a.txt'));
    const { key } = line.of('a.txt');
    line.of('a.txt').progress(10);
    line.of('a.txt').fail(networkFailed());
    await vi.advanceTimersByTimeAsync(2000);
    // Also when the repeat is cut in the middle.
    line.of('a.txt').progress(4);
    line.of('a.txt').fail(networkFailed());
    await vi.advanceTimersByTimeAsync(4000);
    expect(line.sendings).toHaveLength(3);
    expect([line.of('a.txt').uploadId, line.of('a.txt').key]).toEqual([undefined, key]);
  });

  test.each([
    ['a lost line', networkFailed()],
    ['a proxy that is out of patience', new ApiProblem('internal_error', 504)],
  ])('a form that leaves whole and ends in %s each time is not sent for ever', async (_, problem) => {
    add(fileOf('a.txt'));
    const waits: number[] = [];
    while (queued('a.txt').state.at === 'sending' && waits.length < 20) {
      line.of('a.txt').progress(10);
      line.of('a.txt').fail(problem);
      await settle();
      const { hold } = uploads.get();
      if (!hold) break;
      waits.push(hold.until - Date.now());
      await vi.advanceTimersByTimeAsync(hold.until - Date.now());
    }
    expect(waits).toEqual([2000, 4000, 8000, 16_000, 32_000]);
    expect(queued('a.txt').state).toMatchObject({ at: 'failed', again: true });
  });

  test('ends with a refusal, whichever it is', async () => {
    add(fileOf('small.txt'), large('large.txt'));
    for (const name of ['small.txt', 'large.txt']) line.of(name).fail(new ApiProblem('type_mismatch', 400));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(line.sendings).toHaveLength(2);
    expect(forgotten).toEqual([queued('small.txt').id, queued('large.txt').id]);
  });
});

describe('going on', () => {
  test.each([
    ['409 of another place', new ApiProblem('upload_offset_conflict', 409)],
    ['423 of another request', new ApiProblem('upload_locked', 423, { retryAfter: 1 })],
    ['500', new ApiProblem('internal_error', 500)],
    ['503', new ApiProblem('database_unavailable', 503)],
    ['a lost line', networkFailed()],
  ])('after %s, with the same upload and after a pause', async (_, problem) => {
    underWay();
    line.of('a.txt').fail(problem);
    await settle();
    expect(queued('a.txt').state.at).toBe('waiting');
    await vi.advanceTimersByTimeAsync(1999);
    expect(line.sendings).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(line.of('a.txt').uploadId).toBe('upload of a.txt');
    expect(queued('a.txt').state).toMatchObject({ at: 'sending', sent: 100 });
  });

  test('gives up when nothing gets through, however much leaves; a byte that arrived counts anew', async () => {
    underWay();
    for (let tries = 1; tries <= 5; tries += 1) {
      line.of('a.txt').progress(150);
      line.of('a.txt').fail(networkFailed());
      await settle();
      expect(queued('a.txt').failures).toBe(tries);
      await vi.advanceTimersByTimeAsync(32_000);
    }
    line.of('a.txt').offset(101);
    expect(queued('a.txt').failures).toBe(0);
    for (let tries = 1; tries <= 6; tries += 1) {
      line.of('a.txt').fail(networkFailed());
      await vi.advanceTimersByTimeAsync(32_000);
    }
    expect(queued('a.txt').state).toMatchObject({ at: 'failed', again: true });
    uploads.retry(queued('a.txt').id);
    expect(line.of('a.txt').uploadId).toBe('upload of a.txt');
  });

  test('begins anew where the server has given up what it had', async () => {
    underWay();
    line.of('a.txt').fail(new ApiProblem('upload_gone', 410));
    await vi.advanceTimersByTimeAsync(2000);
    expect(line.of('a.txt').uploadId).toBeNull();
    expect(queued('a.txt').state).toMatchObject({ at: 'sending', sent: 0 });
  });

  test('tells no speed of what an earlier try had sent', async () => {
    underWay();
    line.of('a.txt').fail(networkFailed());
    await vi.advanceTimersByTimeAsync(2000);
    line.of('a.txt').offset(120, true);
    await vi.advanceTimersByTimeAsync(1000);
    line.of('a.txt').progress(130);
    expect(queued('a.txt').state).toMatchObject({ sent: 130, rate: { perSecond: 10 } });
  });
});

describe('a pause', () => {
  test('stops the bytes, frees the place, and is resumed where it was', async () => {
    uploads.setAtOnce(1);
    underWay();
    add(large('b.txt'));
    uploads.pause(queued('a.txt').id);
    await settle();
    expect(line.of('a.txt').aborted).toBe(true);
    expect(queued('a.txt').state).toEqual({ at: 'paused', sent: 120 });
    expect(line.names).toEqual(['a.txt', 'b.txt']);
    line.of('b.txt').succeed();
    await settle();
    expect(line.sendings).toHaveLength(2);

    uploads.resume(queued('a.txt').id);
    expect(line.of('a.txt').uploadId).toBe('upload of a.txt');
    expect(events.map(({ type }) => type)).toEqual(['added', 'added', 'paused', 'done', 'resumed']);
    expect(givenUp).toEqual([]);
  });

  test('is not for a form, which would begin anew', () => {
    add(fileOf('a.txt'));
    uploads.pause(queued('a.txt').id);
    expect(queued('a.txt').state.at).toBe('sending');
  });

  test('learns of an upload that the server had just made room for', async () => {
    add(large('a.txt'));
    uploads.pause(queued('a.txt').id);
    line.of('a.txt').begin('late');
    uploads.resume(queued('a.txt').id);
    expect(line.of('a.txt').uploadId).toBe('late');
  });

  test('that is over before the server has answered leaves nothing begun behind', () => {
    add(large('a.txt'));
    uploads.pause(queued('a.txt').id);
    uploads.resume(queued('a.txt').id);
    const [first, second] = line.sendings;
    first?.begin('first');
    second?.begin('second');
    expect(givenUp).toEqual(['first']);
    expect(queued('a.txt').uploadId).toBe('second');
  });

  test('outlives a reload', async () => {
    underWay();
    uploads.pause(queued('a.txt').id);
    expect(kept.at(-1)).toMatchObject({ paused: true, way: 'pieces', uploadId: 'upload of a.txt' });
    const [file] = kept.slice(-1);
    uploads.clear(uploads.get().files.map(({ id }) => id));
    uploads.restore(file ? [file] : [], []);
    await settle();
    expect(queued('a.txt').state.at).toBe('paused');
    expect(line.sendings).toHaveLength(1);
  });
});

describe('a file that is called off', () => {
  test('is ended on the server, on its way or paused', () => {
    underWay('a.txt');
    underWay('b.txt');
    uploads.pause(queued('b.txt').id);
    for (const name of ['a.txt', 'b.txt']) uploads.remove(queued(name).id);
    expect(givenUp).toEqual(['upload of a.txt', 'upload of b.txt']);
  });

  test('is ended also when the server learns of it only afterwards', () => {
    add(large('a.txt'));
    uploads.remove(queued('a.txt').id);
    line.of('a.txt').begin('late');
    expect(givenUp).toEqual(['late']);
  });
});

describe('after a reload', () => {
  const left = (more: Partial<DraftFile> = {}): DraftFile => ({
    ...{ id: 'a', idempotencyKey: 'key', way: 'pieces', paused: false, uploadId: 'u1' },
    ...{ file: large('a.txt'), ...more },
  });
  const { name, size, type, lastModified } = large('a.txt');
  const facts = { name, size, type, lastModified };

  test('a kept file goes on with its upload', () => {
    uploads.restore([left()], []);
    expect(line.of('a.txt').uploadId).toBe('u1');
  });

  test('one whose last piece had arrived is there without being sent', () => {
    uploads.restore([left()], [stagedOf('a.txt', { id: 'u1' })]);
    expect(queued('a.txt').state.at).toBe('done');
    expect(line.sendings).toEqual([]);
  });

  test('one that could not be kept waits until it is chosen again, in its row or anywhere', async () => {
    uploads.restore(
      [left({ file: facts }), left({ id: 'b', uploadId: 'u2', file: { ...facts, name: 'b.txt' } })],
      [],
    );
    expect(line.sendings).toEqual([]);
    uploads.supply('a', large('a.txt'));
    expect(line.of('a.txt').uploadId).toBe('u1');
    add(large('b.txt'));
    expect(line.of('b.txt').uploadId).toBe('u2');
    expect(uploads.get().files).toHaveLength(2);
  });

  test.each([
    ['name', { name: 'z.txt' }],
    ['size', { size: 199 }],
    ['date', { lastModified: 1 }],
  ])('takes no file of another %s for it', (_, other) => {
    uploads.restore([left({ file: { ...facts, ...other } })], []);
    uploads.supply('a', large('a.txt'));
    expect(uploads.get().files[0]?.state).toEqual({ at: 'missing', wrong: 'a.txt' });
    expect(events).toMatchObject([{ type: 'not_the_same', chosen: 'a.txt' }]);
    expect(line.sendings).toEqual([]);
  });
});

describe('bytes that are in this tab alone', () => {
  const alone = () => inThisTabAlone(uploads.get()).map(({ file }) => file.name);

  test('are those of files that are not kept, until they have arrived', async () => {
    room = false;
    underWay();
    await settle();
    expect(alone()).toEqual(['a.txt']);
    expect(events.filter(({ type }) => type === 'not_kept')).toHaveLength(1);
    uploads.pause(queued('a.txt').id);
    expect(alone()).toEqual(['a.txt']);
    uploads.resume(queued('a.txt').id);
    line.of('a.txt').succeed();
    await settle();
    expect(alone()).toEqual([]);
  });

  test('are none once a file is kept, nor where it was refused', async () => {
    add(large('a.txt'), large('b.txt'));
    await settle();
    expect(alone()).toEqual([]);
    room = false;
    add(large('c.txt'));
    await settle();
    line.of('c.txt').fail(new ApiProblem('type_mismatch', 400));
    await settle();
    expect(alone()).toEqual([]);
  });
});
