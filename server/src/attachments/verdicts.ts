import type { ScanStatus } from '../db/schema.ts';
import type { RefusalCode } from '../refusals.ts';

/** Why nobody gets a file any more; undefined for one that is there. */
export function whyGone(file: { deleted_at: Date | null; purged_at: Date | null }): RefusalCode | undefined {
  if (file.purged_at) return 'attachment_purged';
  return file.deleted_at ? 'attachment_deleted' : undefined;
}

/** What decides whether a file's bytes are given out. */
export interface Verdict {
  virus_scan_status: ScanStatus;
  uploaded_by: string;
  released_at: Date | string | null;
}

/**
 * Why the bytes of a file are kept from somebody who may see it; undefined where they are not. What is held goes back
 * to its uploader alone, what is infected to nobody. Null is nobody in particular.
 */
export function whyHeld(personId: string | null, file: Verdict): RefusalCode | undefined {
  const waived = file.released_at !== null;
  switch (file.virus_scan_status) {
    case 'clean':
    case 'skipped':
      return undefined;
    case 'pending':
      return file.uploaded_by === personId ? undefined : 'scan_pending';
    case 'unscannable':
      return waived || file.uploaded_by === personId ? undefined : 'unscannable';
    case 'quarantined':
      return waived ? undefined : 'infected';
    case 'infected':
      return 'infected';
  }
}
