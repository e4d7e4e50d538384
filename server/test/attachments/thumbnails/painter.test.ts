import { execFileSync } from 'node:child_process';
import { Readable } from 'node:stream';
import sharp from 'sharp';
import { afterEach, expect, test } from 'vitest';
import { createPainter, type Painter } from '../../../src/attachments/thumbnails/painter.ts';

let painter: Painter | undefined;
afterEach(() => painter?.close());

const picture = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: 'red' } })
    .png({ compressionLevel: 1 })
    .toBuffer();
const paint = (by: Painter, bytes: Buffer) => by.paint(Readable.from([bytes]), bytes.length);
/** The process of a painter is the youngest child of this one. */
const processes = () =>
  execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(process.pid)], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes('painting.ts') || line.includes('unruly'))
    .map((line) => Number.parseInt(line, 10));

/** Whether this process has heard of its end. */
function isReaped(pid: number): boolean {
  try {
    return !process.kill(pid, 0);
  } catch {
    return true;
  }
}

test('one process paints one picture after the other', async () => {
  painter = createPainter();
  const bytes = await picture(400, 400);
  await paint(painter, bytes);
  const first = processes();
  await paint(painter, bytes);
  expect(processes()).toEqual(first);
  expect(first).toHaveLength(1);
});

test('one that was killed between two pictures is replaced', async () => {
  painter = createPainter();
  const bytes = await picture(400, 400);
  await paint(painter, bytes);
  const [pid = 0] = processes();
  process.kill(pid, 'SIGKILL');
  await expect.poll(() => isReaped(pid)).toBe(true);
  expect((await sharp(await paint(painter, bytes)).metadata()).width).toBe(320);
});

test('one that is killed in the middle says so, and the next picture gets another', async () => {
  painter = createPainter();
  const bytes = await picture(9000, 9000);
  await paint(painter, await picture(40, 40));
  const painting = paint(painter, bytes);
  painting.catch(() => {});
  process.kill(processes()[0] ?? 0, 'SIGKILL');
  await expect(painting).rejects.toMatchObject({ why: 'died' });
  expect(await paint(painter, await picture(40, 40))).toBeDefined();
});

test('one that hangs is ended', async () => {
  painter = createPainter({ program: new URL('./unruly-painting.ts', import.meta.url), timeLimit: 1000 });
  await expect(paint(painter, await picture(4, 4))).rejects.toMatchObject({ why: 'died' });
  await expect.poll(processes).toEqual([]);
});

test('one that does not come up is no picture’s fault', async () => {
  painter = createPainter({ program: new URL('./nowhere.ts', import.meta.url) });
  await expect(paint(painter, await picture(4, 4))).rejects.toThrow('did not come up');
});

test('a picture with too many pixels is not decoded', async () => {
  painter = createPainter();
  const bytes = await picture(10_001, 10_000);
  await expect(paint(painter, bytes)).rejects.toMatchObject({ why: 'undecodable' });
});

test('a stream that breaks is told as it broke', async () => {
  painter = createPainter();
  const bytes = await picture(400, 400);
  const broken = Readable.from(
    (async function* () {
      yield bytes.subarray(0, 100);
      throw new Error('the disk is gone');
    })(),
  );
  await expect(painter.paint(broken, bytes.length)).rejects.toThrow('the disk is gone');
  expect(await paint(painter, bytes)).toBeDefined();
});

test('is not stopped by what stops Docket from a terminal', async () => {
  painter = createPainter();
  const bytes = await picture(400, 400);
  await paint(painter, bytes);
  const [pid] = processes();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.kill(pid ?? 0, signal);
  await paint(painter, bytes);
  expect(processes()).toEqual([pid]);
});
