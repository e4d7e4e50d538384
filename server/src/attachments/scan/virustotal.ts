import { type Engine, type Scan, type Scannable, type Scanner, ScannerUnavailable } from './scanner.ts';
import { knownAs, wordIn } from './virustotal-report.ts';

export interface VirusTotalOptions {
  apiKey: string;
  /** Another than VirusTotal's own, for tests. */
  origin?: string;
  /** Milliseconds for one look-up. */
  patience?: number;
}

/** What the public key allows (docs.virustotal.com, Public vs Premium API). */
const A_MINUTE = 4;
const MINUTE = 60_000;
const MAX_REPORT = 4 * 1024 * 1024;
const ENGINE: Engine = { name: 'VirusTotal', version: 'v3', signatures: '', signaturesAt: null };

/**
 * Asks VirusTotal what it knows of a SHA-256. No byte of a file leaves the house, nor its name; a file that nobody has
 * shown to VirusTotal is unknown there, which is not clean.
 */
export function createVirusTotal({
  apiKey,
  origin = 'https://www.virustotal.com',
  patience = 10_000,
}: VirusTotalOptions): Scanner {
  const mayAsk = atMost(A_MINUTE, MINUTE);

  async function scan({ sha256 }: Scannable, signal: AbortSignal): Promise<Scan> {
    signal.throwIfAborted();
    if (!mayAsk()) throw new ScannerUnavailable(`VirusTotal is asked ${A_MINUTE} times a minute at most`);
    const report = await ask(sha256, signal).catch((error: unknown) => {
      signal.throwIfAborted();
      if (error instanceof ScannerUnavailable) throw error;
      throw new ScannerUnavailable('VirusTotal does not answer', { cause: error });
    });
    const word = report === undefined ? 'unknown' : wordIn(report, sha256);
    if (!word) throw new ScannerUnavailable('the answer of VirusTotal is not understood');
    return { finding: knownAs(word), engine: ENGINE, bytes: 0 };
  }

  /** The report in JSON; undefined when there is none. */
  async function ask(sha256: string, signal: AbortSignal): Promise<unknown> {
    const answer = await fetch(new URL(`/api/v3/files/${sha256}`, origin), {
      headers: { 'x-apikey': apiKey, accept: 'application/json' },
      redirect: 'error', // the key is for nobody else
      signal: AbortSignal.any([signal, AbortSignal.timeout(patience)]),
    });
    if (answer.status === 200) return JSON.parse(await bounded(answer));
    await answer.body?.cancel();
    if (answer.status === 404) return undefined;
    const why = REFUSALS[answer.status] ?? `VirusTotal answers with status ${answer.status}`;
    throw new ScannerUnavailable(why);
  }

  return { name: 'virustotal', scan, engine: async () => ENGINE };
}

const REFUSALS: Record<number, string> = {
  401: 'VirusTotal does not know the key',
  403: 'VirusTotal does not take the key',
  429: 'the quota of the key is used up',
};

async function bounded(answer: Response): Promise<string> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of answer.body ?? []) {
    length += piece.length;
    if (length > MAX_REPORT) throw new Error('the answer has no end');
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}

/** Whether it may be done once more: so many times in any `ms`. */
function atMost(times: number, ms: number): () => boolean {
  let done: number[] = [];
  return () => {
    const now = performance.now();
    done = done.filter((at) => at > now - ms);
    if (done.length >= times) return false;
    done.push(now);
    return true;
  };
}
