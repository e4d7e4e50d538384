import type account from './en/account.json';
import type admin from './en/admin.json';
import type auth from './en/auth.json';
import type common from './en/common.json';
import type files from './en/files.json';
import type holds from './en/holds.json';
import type refusals from './en/refusals.json';
import type tickets from './en/tickets.json';
import type verdicts from './en/verdicts.json';

/** Every text on screen, a part for each feature; English has the keys that all languages have. */
export interface Messages {
  account: typeof account;
  admin: typeof admin;
  auth: typeof auth;
  common: typeof common;
  files: typeof files;
  holds: typeof holds;
  refusals: typeof refusals;
  tickets: typeof tickets;
  verdicts: typeof verdicts;
}

/** What comes with the screens that need it. */
export type LaterMessages = Pick<Messages, 'account' | 'admin' | 'holds'>;

/** What every screen may need. */
export type EverybodysMessages = Omit<Messages, keyof LaterMessages>;

declare module 'use-intl' {
  interface AppConfig {
    Messages: Messages;
  }
}
