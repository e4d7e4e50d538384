import { fstatSync, writeSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ServerLog } from '../../../src/db/embedded/log.ts';

let home: string;

beforeEach(async () => {
  vi.useFakeTimers();
  home = await mkdtemp(join(tmpdir(), 'docket-log-'));
});
afterEach(async () => {
  vi.useRealTimers();
  await rm(home, { recursive: true });
});

it('shows its last lines and keeps the run before', async () => {
  const first = new ServerLog(home);
  writeSync(first.descriptor, `${'early\n'.repeat(5_000)}late\n`);
  expect(first.tail().split('\n')).toHaveLength(15);
  expect(first.tail().endsWith('early\nlate')).toBe(true);
  first.close();
  const second = new ServerLog(home);
  expect(second.tail()).toBe('');
  expect(await readFile(join(home, 'log.previous'), 'utf8')).toContain('late');
  second.close();
});

it('never grows for long beyond its bound', () => {
  const log = new ServerLog(home);
  writeSync(log.descriptor, Buffer.alloc(11 * 1024 * 1024, 'x'));
  vi.advanceTimersByTime(60_000);
  expect(fstatSync(log.descriptor).size).toBe(0);
  writeSync(log.descriptor, 'goes on\n');
  expect(log.tail()).toBe('goes on');
  log.close();
});
