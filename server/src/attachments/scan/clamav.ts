import type { Readable } from 'node:stream';
import { type ClamdAddress, EndlessReply, type Exchange, exchange, SilentClamd } from './clamd.ts';
import { findingIn, TOO_LARGE, versionIn } from './clamd-replies.ts';
import {
  type Engine,
  type Finding,
  type Scan,
  ScanFailed,
  type Scannable,
  type Scanner,
  ScannerUnavailable,
} from './scanner.ts';

/** In milliseconds. */
export interface Patience {
  /** Until clamd has said its version. */
  version: number;
  /** Without a byte to or from it. */
  silence: number;
  /** For one file, from its first byte to the answer. */
  file: number;
}

const PATIENCE: Patience = { version: 5_000, silence: 60_000, file: 120_000 };

/**
 * Files are streamed to a clamd, whose answer is believed when it is one whole line, said after it had the whole file.
 * Before every file it is asked for its version: one that is away, or hangs, is then not counted against the file.
 */
export function createClamav(address: ClamdAddress, patience = PATIENCE): Scanner {
  async function engine(signal?: AbortSignal): Promise<Engine> {
    const version = await ask(address, within(patience.version, signal), patience.version).catch(
      unavailable(signal),
    );
    if (!version) throw new ScannerUnavailable('what answers is no clamd');
    return version;
  }

  async function scan(file: Scannable, signal: AbortSignal): Promise<Scan> {
    signal.throwIfAborted();
    const who = await engine(signal);
    const source = await file.read();
    try {
      const bounded = within(patience.file, signal);
      const stream = await exchange(address, 'INSTREAM', bounded, patience.silence).catch(
        unavailable(signal),
      );
      const finding = await lookInto(file, source, stream)
        .catch(failed(bounded, signal))
        .finally(stream.close);
      return { finding, engine: who, bytes: file.size };
    } finally {
      source.destroy();
    }
  }

  return { name: 'clamav', scan, engine: () => engine() };
}

async function ask(address: ClamdAddress, signal: AbortSignal, silence: number): Promise<Engine | undefined> {
  const asked = await exchange(address, 'VERSION', signal, silence);
  const { text } = await asked.reply.finally(asked.close);
  // One that dies right then is as one that is not there.
  if (text === '') throw new ScannerUnavailable('clamd does not answer');
  return versionIn(text);
}

async function lookInto(file: Scannable, source: Readable, stream: Exchange): Promise<Finding> {
  const sent = { bytes: 0, whole: false };
  // It may answer, or go away, while the next piece is still being read.
  const reply = await Promise.race([
    stream.reply,
    send(source, file.size, stream, sent).then(() => stream.reply),
  ]);
  if (reply.text === '' && sent.bytes === 0) throw new ScannerUnavailable('clamd closed the connection');
  const finding = findingIn(reply.text);
  if (finding !== TOO_LARGE && (!sent.whole || reply.broken)) {
    throw new ScanFailed('the scanner answered before it had the whole file');
  }
  return finding;
}

/** Pieces with their length before them, and an empty one as the end (clamd(8), INSTREAM). */
async function send(
  source: Readable,
  size: number,
  stream: Exchange,
  sent: { bytes: number; whole: boolean },
): Promise<void> {
  for await (const bytes of source as AsyncIterable<Uint8Array>) {
    if (bytes.length === 0) continue;
    if (!(await stream.write(lengthOf(bytes.length)))) return;
    sent.bytes += bytes.length;
    if (!(await stream.write(bytes))) return;
    if (sent.bytes > size) throw new ScanFailed('the file is longer than it is said to be');
  }
  if (sent.bytes < size) throw new ScanFailed('the file is shorter than it is said to be');
  sent.whole = true;
  await stream.write(lengthOf(0));
}

function lengthOf(bytes: number): Uint8Array {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes);
  return length;
}

function within(ms: number, signal?: AbortSignal): AbortSignal {
  const bound = AbortSignal.timeout(ms);
  return signal ? AbortSignal.any([signal, bound]) : bound;
}

function unavailable(signal: AbortSignal | undefined): (error: unknown) => never {
  return (error) => {
    signal?.throwIfAborted();
    throw new ScannerUnavailable('clamd does not answer', { cause: error });
  };
}

/** Only what clamd did is its failure: an error of the file passes through. */
function failed(bounded: AbortSignal, signal: AbortSignal): (error: unknown) => never {
  return (error) => {
    signal.throwIfAborted();
    if (error instanceof SilentClamd || error === bounded.reason) {
      throw new ScanFailed('the scanner took too long');
    }
    if (error instanceof EndlessReply) throw new ScanFailed('the answer of the scanner has no end');
    throw error;
  };
}
