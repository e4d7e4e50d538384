import { type Scan, type Scannable, type Scanner, ScannerUnavailable } from './scanner.ts';

/** Milliseconds that a file waits for VirusTotal at most. */
const PATIENCE = 2_000;

/**
 * ClamAV decides. What it says is clean VirusTotal may know as infected; that it knows nothing, doubts, or cannot be
 * asked changes nothing.
 */
export function createBoth(clamav: Scanner, virusTotal: Scanner, patience = PATIENCE): Scanner {
  async function scan(file: Scannable, signal: AbortSignal): Promise<Scan> {
    const looked = await clamav.scan(file, signal);
    if (looked.finding.verdict !== 'clean') return looked;
    const known = await knownOf(file, signal);
    return known?.finding.verdict === 'infected' ? { ...known, bytes: looked.bytes } : looked;
  }

  async function knownOf(file: Scannable, signal: AbortSignal): Promise<Scan | undefined> {
    const bounded = AbortSignal.any([signal, AbortSignal.timeout(patience)]);
    try {
      return await virusTotal.scan(file, bounded);
    } catch (error) {
      signal.throwIfAborted();
      if (bounded.aborted || error instanceof ScannerUnavailable) return undefined;
      throw error;
    }
  }

  return { name: 'clamav+virustotal', scan, engine: () => clamav.engine() };
}
