/** What people may put where; sizes in bytes. Set by the operator, told to clients by the policy endpoint. */
export interface Limits {
  maxFileSize: number;
  maxFilesPerTicket: number;
  maxTotalSizePerTicket: number;
  uploadsPerMinute: number;
  concurrentUploads: number;
  maxStagedFiles: number;
  maxStagedSize: number;
  maxDescriptionLength: number;
  allow7z: boolean;
}

/** Files of one person that are on no ticket yet: enough for any form, too little to store things with. */
export const STAGED_LIMITS = { maxStagedFiles: 40, maxStagedSize: 500 * 1024 * 1024 };
export const MAX_DESCRIPTION_LENGTH = 500;
/** Hours a staged upload waits for its ticket. */
export const STAGED_HOURS = 24;
