import type { Insertable, Transaction } from 'kysely';
import type { ScanTable, Schema } from '../../db/schema.ts';
import type { Engine } from './scanner.ts';

type Entry = Insertable<ScanTable>;

/** Longest texts that the ledger keeps. */
const MOST_CHARACTERS = { engine: 64, version: 255, result: 512 };

/** Who looked at which file, what it looked at, and what it said. */
export async function enter(
  trx: Transaction<Schema>,
  engine: Engine,
  entry: Pick<Entry, 'file_id' | 'bytes' | 'duration_ms' | 'verdict' | 'result'>,
): Promise<void> {
  const { engine: name, version, result } = MOST_CHARACTERS;
  await trx
    .insertInto('scans')
    .values({
      ...entry,
      duration_ms: Math.round(entry.duration_ms),
      result: entry.result?.slice(0, result) ?? null,
      engine: engine.name.slice(0, name),
      engine_version: engine.version.slice(0, version),
      signatures: engine.signatures.slice(0, version),
      signatures_at: engine.signaturesAt,
    })
    .execute();
}
