import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import {
  createCopies,
  NAMED_OBJECTS,
  type NamedObject,
  namedObject,
  type Stores,
} from '../attachments/index.ts';
import { STEPS } from '../db/migrate.ts';
import type { ConnectTo, Db } from '../db/open.ts';
import { openSession } from '../db/session.ts';
import { tablesThatAre } from '../db/tables.ts';
import { ahead } from './ahead.ts';
import { createFolder, LIST, type NewFolder, tableFile } from './folder.ts';
import type { Manifest, ObjectEntry } from './manifest.ts';
import { linesOf } from './reading.ts';
import { inSnapshot, versionOf } from './snapshot.ts';

export interface BackupParts {
  to: ConnectTo;
  db: Db;
  stores: Stores;
}

/** A file that should be in a backup and is not. */
export interface Problem {
  id: string;
  kind: ObjectEntry['kind'];
  key: string;
  problem: 'missing' | 'changed' | 'unreadable';
}

export interface BackedUp {
  manifest: Manifest;
  /** The first of them. */
  problems: Problem[];
}

/** What the rows name at the instant of the tables; gone when all of it is looked at. */
const NAMED = 'named.tsv';
/** Files on their way at once. */
const WIDTH = 4;
const MOST_TOLD = 100;

/**
 * Writes a backup of the whole desk into a folder, which must be new or empty, while others work on: the tables as they
 * are at one instant, and every file that they name. One that is missing or damaged does not keep the others. `tell`
 * hears how many files are done, of how many.
 */
export async function backUp(
  parts: BackupParts,
  path: string,
  tell: (done: number, total: number) => void,
): Promise<BackedUp> {
  await using session = await openSession(parts.to);
  const taken_at = new Date().toISOString();
  const { folder, tables, counters, total } = await inSnapshot(session, async (snapshot) => {
    const folder = await createFolder(path);
    const tables: Manifest['tables'] = [];
    for (const name of tablesThatAre('kept')) {
      const table = await snapshot.table(name);
      tables.push({ ...table, file: await folder.write(tableFile(name), snapshot.rows(table)) });
    }
    await folder.write(NAMED, snapshot.query(NAMED_OBJECTS));
    const counters = await snapshot.counters(tables.map(({ name }) => name));
    return { folder, tables, counters, total: await linesIn(join(path, NAMED)) };
  });

  const problems: Problem[] = [];
  const files = { kept: 0, bytes: 0, problems: 0 };
  const keys = new Set<string>();
  let done = 0;
  async function* lines(): AsyncGenerator<string> {
    tell(0, total);
    for await (const entry of entriesOf(parts, folder, join(path, NAMED))) {
      count(entry);
      done += 1;
      tell(done, total);
      yield `${JSON.stringify(entry)}\n`;
    }
  }
  function count({ id, kind, key, state }: ObjectEntry): void {
    if (state.is === 'gone') return;
    if (state.is === 'kept') {
      files.kept += 1;
      files.bytes += state.file.size;
      if (state.key_id !== null) keys.add(state.key_id);
      return;
    }
    files.problems += 1;
    if (problems.length < MOST_TOLD) problems.push({ id, kind, key, problem: state.is });
  }

  const list = await folder.write(LIST, lines());
  await folder.remove(NAMED);
  const manifest: Manifest = {
    ...{ format: 'docket-backup-1', taken_at, postgresql: await versionOf(session.db), migrations: STEPS },
    ...{ tables, counters, files: { list, ...files, key_ids: [...keys] } },
  };
  await folder.seal(manifest);
  return { manifest, problems };
}

function entriesOf(parts: BackupParts, folder: NewFolder, named: string): AsyncGenerator<ObjectEntry> {
  const copies = createCopies(parts);
  return ahead(objectsIn(named), WIDTH, async (object) => {
    const { kind, id, file_path: key } = object;
    return { kind, id, key, state: await copies.take(object, folder.keep) };
  });
}

async function* objectsIn(path: string): AsyncGenerator<NamedObject> {
  for await (const line of linesOf(createReadStream(path))) yield namedObject(line);
}

async function linesIn(path: string): Promise<number> {
  let lines = 0;
  for await (const _ of linesOf(createReadStream(path))) lines += 1;
  return lines;
}
