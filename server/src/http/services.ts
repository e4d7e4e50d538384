import type { Attachments } from '../attachments/index.ts';
import type { Config } from '../config.ts';
import type { Db } from '../db/open.ts';
import type { Access } from '../helpdesk/access.ts';
import type { Accounts } from '../helpdesk/accounts.ts';

/** What the routes speak to; `compose.ts` makes it. */
export interface Services {
  config: Config;
  db: Db;
  accounts: Accounts;
  access: Access;
  attachments: Attachments;
  /** Seconds without a byte after which an upload is over. */
  silenceSeconds: number;
}
