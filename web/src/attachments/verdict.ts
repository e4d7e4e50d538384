import type { Attachment } from './api.ts';

/** What is known of a file's verdict, on a ticket or staged. */
export interface Judged extends Pick<Attachment, 'virus_scan_status' | 'virus_scan_result'> {
  /** Where it can be released at all. */
  released_at?: string | null;
}

/** Where a file stands, as its badge says. */
export type Standing = 'scanning' | 'scanned' | 'notScanned' | 'blocked' | 'released';

export function standingOf({ virus_scan_status: verdict, released_at }: Judged): Standing {
  switch (verdict) {
    case 'pending':
      return 'scanning';
    case 'clean':
      return 'scanned';
    case 'skipped':
      return 'notScanned';
    case 'infected':
      return 'blocked';
    case 'quarantined':
    case 'unscannable':
      return released_at ? 'released' : 'blocked';
  }
}

/** It was held from others for good, whether or not somebody has released it since. */
export function wasBlocked(file: Judged): boolean {
  const standing = standingOf(file);
  return standing === 'blocked' || standing === 'released';
}

/** Malware was found in it; else nobody could look into it. */
export function isMalware({ virus_scan_status: verdict }: Judged): boolean {
  return verdict === 'infected' || verdict === 'quarantined';
}

/** Why the server says that it could not be scanned, by the key of the words for it. */
export const REASONS = {
  encrypted: 'encrypted',
  'larger than the scanner accepts': 'tooLarge',
  'larger or deeper than the scanner looks': 'tooDeep',
  'not known to VirusTotal': 'unknown',
  'its bytes are missing': 'missing',
  'the scanner broke off without an answer': 'brokeOff',
  'the scanner reports an error': 'error',
  'the answer of the scanner is not understood': 'notUnderstood',
  'the scanner took too long': 'tookTooLong',
} as const;
