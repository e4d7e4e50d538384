import type { Migration } from 'kysely/migration';
import * as accounts from './0001-accounts.ts';
import * as helpdesk from './0002-helpdesk.ts';
import * as attachments from './0003-attachments.ts';
import * as ticketLists from './0004-ticket-lists.ts';
import * as thumbnails from './0005-thumbnails.ts';
import * as resumableUploads from './0006-resumable-uploads.ts';
import * as scanning from './0007-scanning.ts';
import * as ticketEvents from './0008-ticket-events.ts';
import * as whereabouts from './0009-whereabouts.ts';
import * as storageConfig from './0010-storage-config.ts';
import * as lifecycle from './0011-lifecycle.ts';
import * as audit from './0012-audit.ts';
import * as holdsTold from './0013-holds-told.ts';

/** In the order of their names; a name never changes once it has landed. */
export const migrations: Record<string, Migration> = {
  '0001-accounts': accounts,
  '0002-helpdesk': helpdesk,
  '0003-attachments': attachments,
  '0004-ticket-lists': ticketLists,
  '0005-thumbnails': thumbnails,
  '0006-resumable-uploads': resumableUploads,
  '0007-scanning': scanning,
  '0008-ticket-events': ticketEvents,
  '0009-whereabouts': whereabouts,
  '0010-storage-config': storageConfig,
  '0011-lifecycle': lifecycle,
  '0012-audit': audit,
  '0013-holds-told': holdsTold,
};
