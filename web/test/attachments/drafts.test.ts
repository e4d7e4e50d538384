import { beforeEach, expect, test, vi } from 'vitest';
import { type DraftFile, forgetAllDrafts, openDraft } from '../../src/attachments/drafts.ts';
import { fileOf } from './fakes.ts';

beforeEach(forgetAllDrafts);

function chosen(name: string, uploadId: string | null = null): DraftFile {
  return {
    id: name,
    file: fileOf(name, `content of ${name}`, 'text/plain'),
    idempotencyKey: `key ${name}`,
    way: 'form',
    paused: false,
    uploadId,
  };
}

test('a draft gives back its files, byte for byte and in the order they were chosen', async () => {
  const draft = openDraft('ada new-ticket');
  await Promise.all(['z.txt', 'a.txt', 'm.txt'].map((name) => draft.keep(chosen(name))));

  const files = await openDraft('ada new-ticket').load();
  expect(files.map(({ file }) => file.name)).toEqual(['z.txt', 'a.txt', 'm.txt']);
  expect(files[1]?.file instanceof File && (await files[1].file.text())).toBe('content of a.txt');
  expect(files[1]).toMatchObject({ idempotencyKey: 'key a.txt', uploadId: null });
  expect(files[1]?.file.type).toBe('text/plain');
});

test('a file that is staged meanwhile keeps its place, and knows its upload', async () => {
  const draft = openDraft('ada new-ticket');
  await draft.keep(chosen('a.txt'));
  await draft.keep(chosen('b.txt'));
  await draft.keep(chosen('a.txt', 'upload-1'));
  expect((await draft.load()).map(({ id, uploadId }) => [id, uploadId])).toEqual([
    ['a.txt', 'upload-1'],
    ['b.txt', null],
  ]);
});

test('a file forgotten right after it was kept is gone', async () => {
  const draft = openDraft('ada new-ticket');
  void draft.keep(chosen('a.txt'));
  await draft.forget('a.txt');
  expect(await draft.load()).toEqual([]);
});

test('nobody sees the files of another person or another form', async () => {
  await openDraft('ada new-ticket').keep(chosen('a.txt'));
  expect(await openDraft('ada').load()).toEqual([]);
  expect(await openDraft('ada new-ticket-2').load()).toEqual([]);
  expect(await openDraft('bob new-ticket').load()).toEqual([]);
});

test('signing out leaves none, nor does a tab put one back whose upload ends in that', async () => {
  const draft = openDraft('ada new-ticket');
  await draft.keep(chosen('a.txt'));
  await forgetAllDrafts();
  await expect(draft.keep(chosen('a.txt', 'upload-1'))).rejects.toThrow('signed out');
  expect(await openDraft('ada new-ticket').load()).toEqual([]);
  await openDraft('eve new-ticket').keep(chosen('b.txt'));
  expect(await openDraft('eve new-ticket').load()).toHaveLength(1);
});

test('signing out leaves none of any form', async () => {
  const [one, other] = [openDraft('ada one'), openDraft('ada other')];
  await one.keep(chosen('a.txt'));
  await other.keep(chosen('b.txt'));
  await forgetAllDrafts();
  expect(await one.load()).toEqual([]);
  expect(await other.load()).toEqual([]);
});

test('a file that another tab has in hand is left to it, until that tab lets go', async () => {
  const draft = openDraft('ada ticket-1');
  await draft.keep(chosen('a.txt'));
  draft.leave();
  const letGo = await held('docket upload ada ticket-1 a.txt');
  expect(await draft.load()).toEqual([]);
  letGo();
  expect(await draft.load()).toHaveLength(1);
});

/** As another tab holds it. */
function held(lock: string): Promise<() => void> {
  return new Promise((resolve) => {
    void navigator.locks.request(lock, () => new Promise<void>((letGo) => resolve(letGo)));
  });
}

test('a file and its bytes are kept in one step, so that no reload comes between them', async () => {
  const put = vi.spyOn(IDBObjectStore.prototype, 'put');
  await openDraft('ada new-ticket').keep(chosen('a.txt'));
  const stores = put.mock.contexts.flatMap((store) => (store instanceof IDBObjectStore ? [store] : []));
  expect(stores.map(({ name }) => name)).toEqual(['bytes', 'files']);
  expect(new Set(stores.map(({ transaction }) => transaction)).size).toBe(1);
  put.mockRestore();
});

test('a file too large for this device is known, without its bytes', async () => {
  vi.spyOn(navigator.storage, 'estimate').mockResolvedValue({ quota: 30, usage: 0 });
  const draft = openDraft('ada new-ticket');
  expect(await draft.keep(chosen('a.txt'))).toBe(false);
  const [left] = await draft.load();
  expect(left?.file).not.toBeInstanceOf(File);
  expect(left?.file).toEqual({
    name: 'a.txt',
    size: 16,
    type: 'text/plain',
    lastModified: 1_700_000_000_000,
  });
  vi.restoreAllMocks();
  // Chosen again, and there is room now.
  expect(await draft.keep(chosen('a.txt', 'upload-1'))).toBe(true);
  expect((await draft.load())[0]?.file).toBeInstanceOf(File);
});

test('a file that nobody came back for within a week is gone from the device', async () => {
  await openDraft('ada long ago').keep(chosen('a.txt'));
  const clock = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 8 * 24 * 3_600_000);
  await openDraft('bob new-ticket').load();
  clock.mockRestore();
  expect(await openDraft('ada long ago').load()).toEqual([]);
});
