/**
 * The process that decodes pictures, so that a decoder that crashes, hangs or eats memory takes nobody along. One
 * picture at a time: its size comes as a message, its bytes on the standard input, the thumbnail goes back as a message.
 */
import { setPriority } from 'node:os';
import sharp from 'sharp';
import { LIMITS } from '../inspect/limits.ts';

export interface Task {
  /** Bytes of the picture. */
  size: number;
}
/** `ready` comes once, then one answer for each task. */
export type Ready = { ready: true };
export type Answer = { thumbnail: Uint8Array } | { undecodable: string };

/** Pixels of the longest edge. */
const EDGE = 320;
const QUALITY = 78;

// Loaders of other formats are off: the content must not choose its decoder.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: ['VipsForeignLoadJpegBuffer', 'VipsForeignLoadPngBuffer', 'VipsForeignLoadNsgifBuffer'],
});
sharp.cache(false);
sharp.concurrency(1);
// Uploads and answers come first.
setPriority(10);

// Whoever stops Docket from a terminal signals this process too; it goes when Docket does.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
process.on('disconnect', () => process.exit());

let task: Task | undefined;
let arrived: Buffer[] = [];
process.send?.({ ready: true } satisfies Ready);
process.on('message', (message: Task) => {
  task = message;
  void paintWhenWhole();
});
process.stdin.on('data', (piece: Buffer) => {
  arrived.push(piece);
  void paintWhenWhole();
});

async function paintWhenWhole(): Promise<void> {
  const size = arrived.reduce((sum, piece) => sum + piece.length, 0);
  if (!task || size < task.size) return;
  const picture = Buffer.concat(arrived);
  task = undefined;
  arrived = [];
  process.send?.(await paint(picture));
}

/** The first frame, upright, in sRGB and without metadata. */
async function paint(picture: Buffer): Promise<Answer> {
  try {
    const options = { limitInputPixels: LIMITS.pixels, failOn: 'error', sequentialRead: true } as const;
    const thumbnail = await sharp(picture, options)
      .autoOrient()
      .resize({ width: EDGE, height: EDGE, fit: 'inside', withoutEnlargement: true })
      .webp({ quality: QUALITY })
      .toBuffer();
    return { thumbnail };
  } catch (error) {
    return { undecodable: String(error) };
  }
}
