import { createBoth, createClamav, createVirusTotal, type Scanner } from './attachments/index.ts';
import type { Config } from './config.ts';

/** The scanner that the configuration chooses; undefined: files are not scanned. */
export function scannerOf(config: Pick<Config, 'scanner'>): Scanner | undefined {
  const { scanner } = config;
  if (scanner.kind === 'none') return undefined;
  const clamav = clamavOf(config);
  const virusTotal = scanner.virusTotalKey && createVirusTotal({ apiKey: scanner.virusTotalKey });
  if (!clamav || !virusTotal) return clamav || virusTotal || undefined;
  return createBoth(clamav, virusTotal);
}

/** The one of it that reads files, and has limits. */
export function clamavOf({ scanner }: Pick<Config, 'scanner'>): Scanner | undefined {
  return scanner.kind === 'clamav' ? createClamav(scanner.address) : undefined;
}
