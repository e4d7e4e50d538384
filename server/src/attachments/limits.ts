import type { MimeType } from './policy.ts';

/**
 * What people may put where; sizes in bytes. Some follow what an admin sets while Docket runs, so whoever holds them
 * reads them when they count. Told to clients by the policy endpoint.
 */
export interface Limits {
  maxFileSize: number;
  maxFilesPerTicket: number;
  maxTotalSizePerTicket: number;
  uploadsPerMinute: number;
  concurrentUploads: number;
  maxStagedFiles: number;
  maxStagedSize: number;
  maxDescriptionLength: number;
  /** The types that are accepted. */
  types: readonly MimeType[];
}

/** Files of one person that are on no ticket yet: enough for any form, too little to store things with. */
export const STAGED_LIMITS = { maxStagedFiles: 40, maxStagedSize: 500 * 1024 * 1024 };
export const MAX_DESCRIPTION_LENGTH = 500;
/** Hours a staged upload waits for its ticket. */
export const STAGED_HOURS = 24;
