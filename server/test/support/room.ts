import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import {
  type AttachmentRecord,
  createAttachments,
  createDiskStore,
  createHashing,
  createPainter,
  createSpool,
  createStores,
  type Limits,
  type OpenUpload,
  STAGED_LIMITS,
  type StagedUpload,
} from '../../src/attachments/index.ts';
import type { Parts } from '../../src/attachments/parts.ts';
import { USUAL_TYPES } from '../../src/attachments/policy.ts';
import type { Scanner } from '../../src/attachments/scan/scanner.ts';
import type { Store } from '../../src/attachments/store/store.ts';
import { type Db, openDb, openPool } from '../../src/db/open.ts';
import type { UploadTable } from '../../src/db/schema.ts';
import { createAccess } from '../../src/helpdesk/access.ts';
import type { Caller } from '../../src/helpdesk/caller.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

const LIMITS: Limits = {
  ...{ maxFileSize: 1_000_000, maxFilesPerTicket: 20, maxTotalSizePerTicket: 10_000_000 },
  ...{ uploadsPerMinute: 10_000, concurrentUploads: 10_000, ...STAGED_LIMITS },
  ...{ maxDescriptionLength: 500, types: USUAL_TYPES },
};

export type TestRoom = Awaited<ReturnType<typeof openTestRoom>>;

/**
 * The room of attachments by itself: real database, spool and store, and real access; every file is taken for text.
 * With a scanner, what is to be scanned is queued in `queued` and nothing more.
 */
export async function openTestRoom(limits: Partial<Limits> = {}, scanner?: Scanner) {
  const database = await createTestDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'docket-room-'));
  const hashing = createHashing();
  const modes = { fileMode: 0o640, dirMode: 0o750 };
  const spool = createSpool({ folder: join(folder, 'spool'), ...modes, hashing, reserve: 0 });
  await spool.prepare();
  const store = createDiskStore({ root: join(folder, 'storage'), ...modes });
  const painter = createPainter();
  const db = openTestDb(database);
  /** Files whose scan was queued. */
  const queued: string[] = [];
  const log: { level: string; message: string }[] = [];
  const say = (level: string) => (_: object, message: string) => void log.push({ level, message });
  const parts: Parts = {
    db,
    spool,
    hashing,
    stores: only(store),
    directDownloads: false,
    inspector: {
      inspect: async () => ({ accepted: true, mimeType: 'text/plain', warnings: [], rule: 'test' }),
      close: async () => {},
    },
    painter,
    limits: { ...LIMITS, ...limits },
    retentionDays: 14,
    scans: scanner && {
      ...{ scanner, concurrency: 2, instance: 0 },
      sending: async ({ fileId }) => {
        queued.push(fileId);
        return sql`SELECT 1`.compile(db);
      },
    },
    log: { info: say('info'), warn: say('warn'), error: say('error') },
  };
  const attachments = createAttachments(parts);
  const access = createAccess({ db });

  async function person(): Promise<Caller> {
    const id = randomUUID();
    const names = { name: 'Rita', email: `${id}@example.com`, image: null };
    await db
      .insertInto('users')
      .values({ id, ...names })
      .execute();
    return { id, name: names.name, role: 'customer', address: '192.0.2.1' };
  }
  const requester = await person();

  async function ticket(): Promise<string> {
    const id = randomUUID();
    const words = { subject: 'Printer', description: 'It is on fire.' };
    await db
      .insertInto('tickets')
      .values({ id, ...words, requester_id: requester.id, assignee_id: null })
      .execute();
    return id;
  }

  /** Begins an upload and goes no further: its request is open. */
  async function begin(ticketId: string | undefined, declaredSize?: number): Promise<OpenUpload> {
    const grant = ticketId ? await access.toAttach(requester, ticketId) : access.toStage(requester);
    return attachments.begin(grant, { declaredSize });
  }

  async function attach(ticketId: string, text = 'It burns.\n'): Promise<AttachmentRecord> {
    const grant = await access.toAttach(requester, ticketId);
    const upload = await attachments.begin(grant, { declaredSize: text.length });
    const stored = await attachments.receive(upload, 'note.txt', bytesOf(text));
    return attachments.admit(grant, stored, { description: null });
  }

  async function stage(text = 'It burns.\n'): Promise<StagedUpload> {
    const grant = access.toStage(requester);
    const upload = await attachments.begin(grant, { declaredSize: text.length });
    const stored = await attachments.receive(upload, 'note.txt', bytesOf(text));
    return attachments.stage(grant, stored, { description: null });
  }

  /** Puts staged uploads on a ticket; resolves to the ids of what they became. */
  async function claim(ticketId: string, uploadIds: string[]): Promise<string[]> {
    const asked = { owner: requester, uploadIds, ticketId, replyId: null, internal: false };
    const claimed = await db.transaction().execute((trx) => attachments.claim(trx, asked));
    return claimed.map(({ id }) => id);
  }

  const upload = (id: string) => db.selectFrom('uploads').selectAll().where('id', '=', id).executeTakeFirst();

  return {
    ...{ parts, store, attachments, access, db, folder, log, requester, queued },
    ...{ person, ticket, begin, attach, stage, claim, upload },
    /** What a file's row says of where its bytes are. */
    keyOf: async (attachmentId: string) =>
      (
        await db
          .selectFrom('ticket_attachments')
          .select('file_path')
          .where('id', '=', attachmentId)
          .executeTakeFirstOrThrow()
      ).file_path,
    /** Changes the row of an upload behind everybody's back. Times are SQL. */
    async set(id: string, change: Partial<Record<keyof UploadTable, string>>): Promise<void> {
      const columns = Object.entries(change).map(([name, value]) => [name, sql.raw(value)]);
      await db.updateTable('uploads').set(Object.fromEntries(columns)).where('id', '=', id).execute();
    },
    /** Puts bytes into the store that no row speaks of. */
    async strew(key: string, text = 'Whose am I?'): Promise<void> {
      const id = randomUUID();
      await spool.receive(id, bytesOf(text), 1_000_000);
      await store.put(key, join(folder, 'spool', id));
    },
    /** Keys of everything in the store. */
    async stored(): Promise<string[]> {
      const entries = await readdir(join(folder, 'storage'), { recursive: true, withFileTypes: true });
      const files = entries.filter((entry) => entry.isFile());
      return files
        .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + '/storage/'.length))
        .sort();
    },
    /** What the audit says of an upload or a file, in order. */
    async events(id: string): Promise<string[]> {
      const rows = await db
        .selectFrom('attachment_events')
        .select('event')
        .where((eb) => eb.or([eb('upload_id', '=', id), eb('attachment_id', '=', id)]))
        .orderBy('seq')
        .execute();
      return rows.map(({ event }) => event);
    },
    /** Another connection to the same database; the caller destroys it. */
    anotherDb: (connections?: number) => openTestDb(database, connections),
    async close(): Promise<void> {
      await attachments.close();
      painter.close();
      await hashing.close();
      await db.destroy();
      await database.drop();
      await rm(folder, { recursive: true });
    },
  };
}

function openTestDb(database: TestDatabase, connections?: number): Db {
  return openDb(
    openPool(
      database.to,
      (error) => {
        throw error;
      },
      connections,
    ),
  );
}

export async function* bytesOf(text: string): AsyncIterable<Uint8Array> {
  yield Buffer.from(text);
}

/** The way to a single store. */
export function only(store: Store): Parts['stores'] {
  return createStores([store], () => store.name);
}

/** A store that is another one but for what is done differently. */
export function storeLike(store: Store, differently: Partial<Store>): Store {
  return { ...store, ...differently };
}
