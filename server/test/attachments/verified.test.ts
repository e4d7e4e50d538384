import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { createHashing } from '../../src/attachments/hashing.ts';
import { verified } from '../../src/attachments/verified.ts';

const alarm = () => new Error('changed');
const hashing = createHashing();
afterAll(() => hashing.close());

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** What can be read before the stream ends or breaks. */
async function readable(stream: Readable): Promise<{ bytes: Buffer; error?: unknown }> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of stream) chunks.push(chunk);
    return { bytes: Buffer.concat(chunks) };
  } catch (error) {
    return { bytes: Buffer.concat(chunks), error };
  }
}

const chunks = fc
  .array(fc.uint8Array({ minLength: 1, maxLength: 50 }), { minLength: 1, maxLength: 12 })
  .map((all) => all.map((bytes) => Buffer.from(bytes)));

describe('a stream whose bytes are as they were', () => {
  test('comes whole, however it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(chunks, async (all) => {
        const bytes = Buffer.concat(all);
        const raise = vi.fn(alarm);
        expect(
          (
            await buffer(
              verified(Readable.from(all), {
                sha256: sha256(bytes),
                hash: hashing.of(undefined),
                file: undefined,
                alarm: raise,
              }),
            )
          ).equals(bytes),
        ).toBe(true);
        expect(raise).not.toHaveBeenCalled();
      }),
    );
  });
});

describe('a stream whose bytes have changed', () => {
  test('never comes whole: its last chunk stays behind, and the alarm is raised once', async () => {
    await fc.assert(
      fc.asyncProperty(chunks, fc.nat(), fc.nat(), async (all, which, where) => {
        const whole = Buffer.concat(all);
        const sha = sha256(whole);
        const cut = all.map((chunk) => Buffer.from(chunk));
        const chunk = cut[which % cut.length] ?? Buffer.of();
        chunk[where % chunk.length] = ~(chunk[where % chunk.length] ?? 0);
        const raise = vi.fn(alarm);
        const { bytes, error } = await readable(
          verified(Readable.from(cut), {
            sha256: sha,
            hash: hashing.of(undefined),
            file: undefined,
            alarm: raise,
          }),
        );
        expect(error).toEqual(alarm());
        expect(bytes.length).toBe(whole.length - (cut.at(-1)?.length ?? 0));
        expect(raise).toHaveBeenCalledOnce();
      }),
    );
  });

  test('nor does one with too few bytes, too many, or none', async () => {
    const bytes = randomBytes(100);
    for (const others of [[bytes.subarray(1)], [bytes, Buffer.of(0)], []]) {
      const { error } = await readable(
        verified(Readable.from(others), {
          sha256: sha256(bytes),
          hash: hashing.of(undefined),
          file: undefined,
          alarm,
        }),
      );
      expect(error).toEqual(alarm());
    }
  });
});

describe('a stream that breaks', () => {
  test('breaks here too, with its own error and no alarm', async () => {
    const raise = vi.fn(alarm);
    const broken = new Error('the disk is gone');
    async function* source() {
      yield Buffer.from('It bu');
      throw broken;
    }
    const { error } = await readable(
      verified(Readable.from(source()), {
        sha256: sha256(Buffer.of()),
        hash: hashing.of(undefined),
        file: undefined,
        alarm: raise,
      }),
    );
    expect(error).toBe(broken);
    expect(raise).not.toHaveBeenCalled();
  });

  test('is let go of when its reader goes away', async () => {
    const source = Readable.from([randomBytes(10), randomBytes(10), randomBytes(10)]);
    const stream = verified(source, {
      sha256: sha256(Buffer.of()),
      hash: hashing.of(undefined),
      file: undefined,
      alarm,
    });
    stream.destroy();
    await vi.waitFor(() => expect(source.destroyed).toBe(true));
  });
});
