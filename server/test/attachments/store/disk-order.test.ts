import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createDiskStore } from '../../../src/attachments/index.ts';
import type { Store } from '../../../src/attachments/store/store.ts';

// What reaches the disk in which order cannot be seen from the files: here the calls are overheard, and done.
const disk = vi.hoisted(() => {
  const steps: string[] = [];
  let root = '';
  return {
    steps,
    /** Why a call fails instead of being done: `link`, `sync <path>`. */
    faults: new Map<string, string>(),
    /** How long each `sync <path>` takes. */
    delays: new Map<string, number>(),
    watch(folder: string) {
      root = folder;
      steps.length = 0;
    },
    short: (path: unknown) => String(path).replace(root, '').replace(/^\//, '') || '.',
  };
});

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  const failing = (step: string) => {
    const code = disk.faults.get(step);
    if (code) throw Object.assign(new Error(code), { code });
  };
  return {
    ...real,
    async open(...args: Parameters<typeof real.open>) {
      const handle = await real.open(...args);
      const sync = handle.sync.bind(handle);
      handle.sync = async () => {
        const step = `sync ${disk.short(args[0])}`;
        await sleep(disk.delays.get(step) ?? 0);
        failing(step);
        await sync();
        disk.steps.push(step);
      };
      return handle;
    },
    async rename(from: string, to: string) {
      await real.rename(from, to);
      disk.steps.push(`rename ${disk.short(from).replace(/\.[0-9a-f-]{36}\./, '.*.')} ${disk.short(to)}`);
    },
    async link(from: string, to: string) {
      failing('link');
      await real.link(from, to);
      disk.steps.push(`link ${disk.short(from)} ${disk.short(to)}`);
    },
  };
});

let folder: string;
let store: Store;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'docket-order-'));
  disk.watch(folder);
  store = createDiskStore({ root: join(folder, 'storage'), fileMode: 0o640, dirMode: 0o750 });
});
afterEach(async () => {
  disk.faults.clear();
  disk.delays.clear();
  await rm(folder, { recursive: true });
});

async function spooled(name: string, text = name): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

describe('put', () => {
  test('pushes the bytes and the new folders, then the name to the disk', async () => {
    await store.put('tickets/one/file', await spooled('spooled'));
    expect(disk.steps).toEqual([
      'sync spooled',
      'sync storage/tickets',
      'sync storage',
      'sync .',
      'rename spooled storage/tickets/one/file',
      'sync storage/tickets/one',
    ]);
  });

  test('does not wait for folders that are there', async () => {
    await store.put('tickets/one/first', await spooled('first'));
    disk.steps.length = 0;
    await store.put('tickets/one/second', await spooled('second'));
    expect(disk.steps).toEqual([
      'sync second',
      'rename second storage/tickets/one/second',
      'sync storage/tickets/one',
    ]);
  });

  test('waits for a folder that another put is just making', async () => {
    await store.put('tickets/one/file', await spooled('zero'));
    disk.steps.length = 0;
    disk.delays.set('sync storage/tickets', 100);
    const paths = [await spooled('first'), await spooled('second')];
    const puts = paths.map((path, index) => store.put(`tickets/two/${index}`, path));
    await Promise.race(puts);
    expect(disk.steps).toContain('sync storage/tickets');
    await Promise.all(puts);
  });

  test('does not rely on another put for the folders above its own', async () => {
    disk.delays.set('sync .', 100);
    const first = store.put('tickets/one/file', await spooled('first'));
    await vi.waitFor(() => expect(disk.steps).toContain('sync storage'));
    await store.put('tickets/two/file', await spooled('second'));
    expect(disk.steps).toContain('sync .');
    await first;
  });

  test('tries again to make a folder safe when that failed', async () => {
    disk.faults.set('sync storage/tickets', 'EIO');
    await expect(store.put('tickets/one/file', await spooled('first'))).rejects.toThrow('EIO');
    expect(await store.stat('tickets/one/file')).toBeUndefined();
    disk.faults.clear();
    disk.steps.length = 0;
    await store.put('tickets/one/file', join(folder, 'first'));
    expect(disk.steps).toContain('sync storage/tickets');
  });

  test.each(['ENOSPC', 'EDQUOT'])('of bytes that do not reach the disk (%s) names nothing', async (code) => {
    disk.faults.set('sync spooled', code);
    await expect(store.put('tickets/one/file', await spooled('spooled'))).rejects.toMatchObject({
      code: 'storage_full',
    });
    expect(await store.stat('tickets/one/file')).toBeUndefined();
  });
});

describe('copy', () => {
  beforeEach(async () => {
    await store.put('staged/file', await spooled('spooled', 'It burns.'));
    await store.put('tickets/one/other', await spooled('other'));
    disk.steps.length = 0;
  });

  test('gives the same bytes a second name, and pushes that to the disk', async () => {
    await store.copy('staged/file', 'tickets/one/file');
    expect(disk.steps).toEqual([
      'link storage/staged/file storage/tickets/one/file',
      'sync storage/tickets/one',
    ]);
  });

  describe.each(['EPERM', 'EMLINK', 'ENOTSUP'])('on a disk that has no second names (%s)', (code) => {
    beforeEach(() => void disk.faults.set('link', code));

    test('copies beside, pushes the bytes to the disk, then names them', async () => {
      await store.copy('staged/file', 'tickets/one/file');
      await store.copy('staged/file', 'tickets/one/file');
      expect(disk.steps.slice(-2)).toEqual([
        'rename storage/tickets/one/file.*.partial storage/tickets/one/file',
        'sync storage/tickets/one',
      ]);
      expect(disk.steps[0]).toMatch(/^sync storage\/tickets\/one\/file\..*\.partial$/);
      expect(await readFile(join(folder, 'storage/tickets/one/file'), 'utf8')).toBe('It burns.');
      expect((await readdir(join(folder, 'storage/tickets/one'))).sort()).toEqual(['file', 'other']);
    });

    test('leaves nothing when there is nothing to copy', async () => {
      await expect(store.copy('staged/nothing', 'tickets/one/file')).rejects.toThrow('no object');
      expect(await readdir(join(folder, 'storage/tickets/one'))).toEqual(['other']);
    });
  });
});
