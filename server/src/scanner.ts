import { createBoth, createClamav, createVirusTotal, type Scanner } from './attachments/index.ts';
import type { Config } from './config.ts';

/** The scanner that the configuration chooses; undefined: files are not scanned. */
export function scannerOf(config: Pick<Config, 'scanner'>): Scanner | undefined {
  const [clamav, virusTotal] = [clamavOf(config), virusTotalOf(config)];
  return clamav && virusTotal ? createBoth(clamav, virusTotal) : (clamav ?? virusTotal);
}

/** The one of it that reads files, and has limits. */
export function clamavOf({ scanner }: Pick<Config, 'scanner'>): Scanner | undefined {
  return scanner.kind === 'clamav' ? createClamav(scanner.address) : undefined;
}

/** The one of it that knows hashes. */
export function virusTotalOf({ scanner }: Pick<Config, 'scanner'>): Scanner | undefined {
  if (scanner.kind === 'none' || !scanner.virusTotalKey) return undefined;
  return createVirusTotal({ apiKey: scanner.virusTotalKey });
}
