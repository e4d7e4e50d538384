import { createBoth, createClamav, createVirusTotal, type Scanner } from './attachments/index.ts';
import type { Config } from './config.ts';

/** The scanner that the configuration chooses; undefined: files are not scanned. */
export function scannerOf({ scanner }: Pick<Config, 'scanner'>): Scanner | undefined {
  if (scanner.kind === 'none') return undefined;
  if (scanner.kind === 'virustotal') return createVirusTotal({ apiKey: scanner.virusTotalKey });
  const clamav = createClamav(scanner.address);
  if (!scanner.virusTotalKey) return clamav;
  return createBoth(clamav, createVirusTotal({ apiKey: scanner.virusTotalKey }));
}
