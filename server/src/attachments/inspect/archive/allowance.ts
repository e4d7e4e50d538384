import { LIMITS } from '../limits.ts';
import { Unfit } from '../unfit.ts';

/** What an archive and everything nested in it have used of what one upload may unpack to. */
export class Allowance {
  private readonly limit: number;
  private entries = 0;
  private unpacked = 0;

  /** `size`: bytes of the uploaded file. */
  constructor(size: number) {
    this.limit = Math.min(LIMITS.unpacked, Math.max(LIMITS.ratioFrom, LIMITS.ratio * size));
  }

  /** Takes what a directory of entries states, before any of it is unpacked. */
  take(entries: number, unpacked: number): void {
    this.entries += entries;
    this.unpacked += unpacked;
    if (this.entries > LIMITS.entries) {
      const details = { limit: `${LIMITS.entries} files`, actual: `${this.entries} files` };
      throw new Unfit('archive_too_large', 'archive: too many entries', details);
    }
    if (this.unpacked > this.limit) {
      const details = { limit: this.limit, actual: this.unpacked };
      throw new Unfit('archive_too_large', 'archive: unpacks to too much', details);
    }
  }
}
