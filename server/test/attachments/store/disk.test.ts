import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { createDiskStore } from '../../../src/attachments/index.ts';
import { storeContract } from '../../contracts/store.ts';
import { openBelow } from '../../support/descriptors.ts';
import { mayMount, mountSmallDisk } from '../../support/small-disk.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'docket-disk-'));
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => vi.waitFor(async () => expect(await openBelow(folder)).toEqual([])));

/** A file beside the store, as the spool leaves one. */
async function spooled(bytes: Uint8Array | string, below = folder): Promise<string> {
  const path = join(below, 'spool', randomUUID());
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes);
  return path;
}

storeContract(async () => ({
  store: createDiskStore({ root: join(folder, 'contract'), fileMode: 0o640, dirMode: 0o750 }),
  spooled,
  close: async () => expect(await readdir(join(folder, 'contract'))).not.toEqual([]),
}));

describe('permissions', () => {
  const umask = process.umask();
  afterEach(() => void process.umask(umask));

  test.each([
    { fileMode: 0o640, dirMode: 0o750, mask: 0o022 },
    { fileMode: 0o640, dirMode: 0o750, mask: 0o077 },
    { fileMode: 0o640, dirMode: 0o750, mask: 0 },
    { fileMode: 0o644, dirMode: 0o755, mask: 0o077 },
    { fileMode: 0o600, dirMode: 0o700, mask: 0 },
  ])('are those that are set, whatever the umask: %o', async ({ fileMode, dirMode, mask }) => {
    process.umask(mask);
    const root = join(folder, `modes-${randomUUID()}`, 'storage');
    const store = createDiskStore({ root, fileMode, dirMode });
    await store.put('tickets/one/file', await spooled('x'));
    await store.copy('tickets/one/file', 'tickets/two/copy');
    for (const path of ['tickets/one/file', 'tickets/two/copy']) {
      expect((await stat(join(root, path))).mode & 0o7777).toBe(fileMode);
    }
    for (const path of ['', 'tickets', 'tickets/one', 'tickets/two']) {
      expect((await stat(join(root, path))).mode & 0o7777).toBe(dirMode);
    }
  });

  test('nothing can be run, not even what came in as a program', async () => {
    const root = join(folder, 'run');
    const path = await spooled('#!/bin/sh\n');
    await writeFile(path, '#!/bin/sh\n', { mode: 0o777 });
    await createDiskStore({ root, fileMode: 0o640, dirMode: 0o750 }).put('tickets/one/file', path);
    expect((await stat(join(root, 'tickets/one/file'))).mode & 0o111).toBe(0);
  });
});

describe.runIf(mayMount)('a full disk', () => {
  const fill = async (path: string) => {
    const full = writeFile(path, Buffer.alloc(64 * 1024 * 1024));
    await expect(full).rejects.toMatchObject({ code: 'ENOSPC' });
  };

  test('takes what is spooled on it already, since that moves and is not copied', async () => {
    const disk = await mountSmallDisk('size=1m');
    try {
      const store = createDiskStore({ root: join(disk.folder, 'storage'), fileMode: 0o640, dirMode: 0o750 });
      const path = await spooled('It burns.', disk.folder);
      await fill(join(disk.folder, 'filler'));
      await store.put('tickets/one/file', path);
      expect(await readFile(join(disk.folder, 'storage/tickets/one/file'), 'utf8')).toBe('It burns.');
    } finally {
      await disk.unmount();
    }
  });

  test('without a place for another name says storage_full, and leaves nothing', async () => {
    // The root, `spool`, its two files, and `storage`; none is left for `storage/tickets`.
    const disk = await mountSmallDisk('size=1m,nr_inodes=6');
    try {
      const store = createDiskStore({ root: join(disk.folder, 'storage'), fileMode: 0o640, dirMode: 0o750 });
      const path = await spooled('first', disk.folder);
      await spooled('second', disk.folder);
      await expect(store.put('tickets/one/file', path)).rejects.toMatchObject({ code: 'storage_full' });
      expect(await store.stat('tickets/one/file')).toBeUndefined();
      expect(await readFile(path, 'utf8')).toBe('first');
      for await (const { key } of store.list('tickets/', new Date('2100-01-01'))) expect(key).toBeUndefined();
    } finally {
      await disk.unmount();
    }
  });
});
