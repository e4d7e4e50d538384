import type { ScanStatus } from '../../db/schema.ts';
import type { Finding } from './scanner.ts';
import type { Subject } from './subject.ts';

/** Failures of a scanner that answers after which a file counts as one that cannot be scanned. */
export const MOST_ATTEMPTS = 3;

export interface Verdict {
  virus_scan_status: ScanStatus;
  virus_scan_result: string | null;
}

/** What a finding makes of a file. What the scanner cannot look into is not clean, and no doubt lifts a quarantine. */
export function verdictOf(
  finding: Finding,
  { warnings, virus_scan_status: was }: Pick<Subject, 'warnings' | 'virus_scan_status'>,
): Verdict | undefined {
  const isBlocked = was === 'infected' || was === 'quarantined';
  switch (finding.verdict) {
    case 'infected':
      return { virus_scan_status: isBlocked ? was : 'infected', virus_scan_result: finding.signature };
    case 'unscannable':
      return isBlocked ? undefined : unscannable(finding.reason);
    case 'clean':
      if (warnings.includes('encrypted')) return isBlocked ? undefined : unscannable('encrypted');
      return { virus_scan_status: 'clean', virus_scan_result: null };
  }
}

/** What becomes of a file that the scanner has failed at so often; undefined while another try is worth it. */
export function verdictOfFailure(
  attempts: number,
  { virus_scan_status: was }: Pick<Subject, 'virus_scan_status'>,
  reason: string,
): Verdict | 'keep' | undefined {
  if (attempts < MOST_ATTEMPTS) return undefined;
  return was === 'pending' || was === 'skipped' ? unscannable(reason) : 'keep';
}

function unscannable(reason: string): Verdict {
  return { virus_scan_status: 'unscannable', virus_scan_result: reason };
}
