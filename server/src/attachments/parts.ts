import type { Db } from '../db/open.ts';
import type { Log } from '../log.ts';
import type { Hashing } from './hashing.ts';
import type { Inspector } from './inspect/inspector.ts';
import type { Limits } from './limits.ts';
import type { ScanParts } from './scan/scanning.ts';
import type { Spool } from './spool.ts';
import type { Stores } from './store/stores.ts';
import type { Painter } from './thumbnails/painter.ts';

/** What the room is made of; `compose.ts` puts it together. */
export interface Parts {
  db: Db;
  stores: Stores;
  /** Whether whoever may download a file is sent on to its store, where that can be. */
  directDownloads: boolean;
  spool: Spool;
  hashing: Hashing;
  inspector: Inspector;
  painter: Painter;
  limits: Limits;
  /** How long deleted files can be brought back. */
  retentionDays: number;
  /** Who looks at files; undefined: nobody, and they are `skipped`. */
  scans: ScanParts | undefined;
  log: Log;
}
