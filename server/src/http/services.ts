import type { Config } from '../config.ts';
import type { Db } from '../db/open.ts';
import type { Accounts } from '../helpdesk/accounts.ts';
import type { Replies } from '../helpdesk/replies.ts';
import type { Tickets } from '../helpdesk/tickets.ts';

/** What the routes speak to; `compose.ts` makes it. */
export interface Services {
  config: Config;
  db: Db;
  accounts: Accounts;
  tickets: Tickets;
  replies: Replies<unknown>;
}
