import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import { BackupRefused } from './errors.ts';

const Count = Type.Integer({ minimum: 0 });
const Sha256 = Type.String({ pattern: '^[0-9a-f]{64}$' });
const Name = Type.String({ pattern: '^[a-z][a-z0-9_]{0,62}$' });

/** A file of the backup, as it was written. */
const WRITTEN = Type.Object({ size: Count, sha256: Sha256 });
export type Written = Static<typeof WRITTEN>;

const TABLE = Type.Object({
  name: Name,
  columns: Type.Array(Name, { minItems: 1 }),
  rows: Count,
  /** Of `digestOf`. */
  digest: Type.String(),
  file: WRITTEN,
});

const MANIFEST = Type.Object({
  format: Type.Literal('docket-backup-1'),
  taken_at: Type.String(),
  postgresql: Type.String(),
  /** The schema: the steps it had taken. */
  migrations: Type.Array(Type.String(), { minItems: 1 }),
  /** Each before those that refer to it. */
  tables: Type.Array(TABLE),
  counters: Type.Array(Type.Object({ table: Name, column: Name, next: Count })),
  /** The list of the objects, how many of them are in the backup, and their bytes. */
  files: Type.Object({
    list: WRITTEN,
    kept: Count,
    bytes: Count,
    /** How many should be in it and are not. */
    problems: Count,
    /** The keys that some of them are sealed under. */
    key_ids: Type.Array(Type.String()),
  }),
});

/** What a backup is; written last, so that one without it is known to be cut. */
export type Manifest = Static<typeof MANIFEST>;

/** An object that a row names, by the key that the row says. */
const OBJECT = Type.Object({
  kind: Type.Union([Type.Literal('attachment'), Type.Literal('upload'), Type.Literal('segment')]),
  id: Type.String(),
  key: Type.String(),
  state: Type.Union([
    Type.Object({
      is: Type.Literal('kept'),
      file: WRITTEN,
      /** Where it belongs, and the key it is sealed under: not as its row says if it was sealed anew since. */
      key: Type.String(),
      key_id: Type.Union([Type.Null(), Type.String()]),
      resealed: Type.Boolean(),
    }),
    /** Let go of between the instant of the tables and the copying: no loss. */
    Type.Object({ is: Type.Literal('gone') }),
    Type.Object({
      is: Type.Union([Type.Literal('missing'), Type.Literal('changed'), Type.Literal('unreadable')]),
    }),
  ]),
});
export type ObjectEntry = Static<typeof OBJECT>;

export function parseManifest(text: string): Manifest {
  const value = parsed(text);
  if (Value.Check(MANIFEST, value)) return value;
  throw new BackupRefused('The manifest of this backup is not one that this Docket knows.');
}

export function parseEntry(line: string): ObjectEntry {
  const value = parsed(line);
  if (Value.Check(OBJECT, value)) return value;
  throw new BackupRefused('The list of files of this backup is not one that this Docket knows.');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
