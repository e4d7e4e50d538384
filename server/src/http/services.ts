import type { Attachments, Scanner, StorageConfigs, UploadLocks } from '../attachments/index.ts';
import type { Config } from '../config.ts';
import type { Db } from '../db/open.ts';
import type { Access } from '../helpdesk/access.ts';
import type { Accounts } from '../helpdesk/accounts.ts';
import type { Live } from '../helpdesk/live.ts';
import type { Replies } from '../helpdesk/replies.ts';
import type { Tickets } from '../helpdesk/tickets.ts';
import type { AttachmentJson } from './attachment-json.ts';

/** What the routes speak to; `compose.ts` makes it. */
export interface Services {
  config: Config;
  db: Db;
  accounts: Accounts;
  access: Access;
  attachments: Attachments;
  storageConfig: StorageConfigs;
  uploadLocks: UploadLocks;
  /** Undefined: files are not scanned. */
  scanner: Scanner | undefined;
  /** Seconds without a byte after which an upload is over. */
  silenceSeconds: number;
  live: Live;
  tickets: Tickets;
  replies: Replies<AttachmentJson>;
}
