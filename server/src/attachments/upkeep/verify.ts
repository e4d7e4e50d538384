import { setTimeout as sleep } from 'node:timers/promises';
import type { Parts } from '../parts.ts';
import { examine, type Finding } from './examine.ts';
import { type Orphan, orphans } from './orphans.ts';
import { type Choice, storedFiles, sumOfStored } from './stored-files.ts';

/** Files that are read at once: while one waits for its store, another is hashed. */
const AT_ONCE = 4;
/** Milliseconds after which whoever has changed a row has removed the bytes that it knew. */
const SETTLED = 1_000;

/** How far it is, and what it finds, as soon as that is known. */
export interface Hearing {
  /** First in bytes of files, then in objects, of which there are about so many. */
  progress(step: 'files' | 'objects', done: number, total: number): void;
  finding(finding: Finding): void;
}

/** What was looked at. */
export interface Verified {
  files: number;
  bytes: number;
  objects: number;
  findings: number;
}

/**
 * Compares rows and stores, both ways: hashes the bytes of every chosen file, and looks for objects that no row knows
 * (since then, where the choice says so). Changes nothing, neither bytes nor rows, and goes on after what it finds, in
 * memory that does not grow with them. May run beside servers. Throws when a store does not answer at all.
 */
export async function verify(
  parts: Pick<Parts, 'db' | 'stores' | 'hashing'>,
  choice: Choice,
  hear: Hearing,
): Promise<Verified> {
  const verified: Verified = { files: 0, bytes: 0, objects: 0, findings: 0 };
  const found = (finding: Finding) => {
    verified.findings += 1;
    hear.finding(finding);
  };

  const { bytes } = await sumOfStored(parts.db, choice);
  await eachAtOnce(storedFiles(parts.db, choice), async (file) => {
    const finding = await examine(parts, file);
    if (finding) found(finding);
    verified.files += 1;
    verified.bytes += file.file_size;
    hear.progress('files', verified.bytes, Math.max(verified.bytes, bytes));
  });

  const { files: objects } = await sumOfStored(parts.db);
  for await (const { looked, unknown } of orphans(parts)) {
    const since = unknown.filter(({ modifiedAt }) => !choice.since || modifiedAt >= choice.since);
    for (const orphan of await settled(since)) found(findingOf(orphan));
    verified.objects += looked;
    hear.progress('objects', verified.objects, Math.max(verified.objects, objects));
  }
  return verified;
}

/** Those that still are there a little later: bytes that were moved lose their row first. */
async function settled(unknown: Orphan[]): Promise<Orphan[]> {
  if (unknown.length === 0) return [];
  await sleep(SETTLED);
  const still = await Promise.all(unknown.map(({ store, key }) => store.stat(key)));
  return unknown.filter((_, index) => still[index]);
}

function findingOf({ store, key, size }: Orphan): Finding {
  return {
    ...{ problem: 'unknown', kind: 'object', id: null, ticket_id: null },
    ...{ storage: store.name, file_path: key, expected: null, actual: { size } },
  };
}

/** The end of one that fails is the end of all. */
async function eachAtOnce<Item>(items: AsyncGenerator<Item>, work: (item: Item) => Promise<void>) {
  const one = async () => {
    for await (const item of items) await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
}
