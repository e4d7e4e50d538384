import { sql, type Transaction } from 'kysely';
import type { Schema } from '../db/schema.ts';
import { Refusal } from '../refusals.ts';
import { createAdmission } from './admission.ts';
import { createArchive } from './archive/archive.ts';
import { type Claim, claim } from './claim.ts';
import { record } from './events.ts';
import type { Actor, Grant } from './grant.ts';
import { createLeases } from './lease.ts';
import { createLegalHold } from './legal-hold.ts';
import { type ListFilter, listAll, listAttachments, listDeleted, ofReplies, type Page } from './listing.ts';
import type { Parts } from './parts.ts';
import { acceptedTypes } from './policy.ts';
import { type AttachmentRecord, attachmentRecord, names } from './records.ts';
import { createRemoval } from './removal.ts';
import { createReservations } from './reservations.ts';
import { createAssembly } from './resumable/assembly.ts';
import { createFinishing } from './resumable/finishing.ts';
import { createResumable } from './resumable/resumable.ts';
import { createScans } from './scan/scans.ts';
import { createServing } from './serving.ts';
import { createStaged } from './staged.ts';
import { createThumbnails } from './thumbnails/thumbnails.ts';
import { createAudit } from './upkeep/audit.ts';
import { lastAudit } from './upkeep/audit-pass.ts';
import { type Destination, moveAll, type Step } from './upkeep/move.ts';
import { plan } from './upkeep/plan.ts';
import { rehome } from './upkeep/rehome.ts';
import type { Choice } from './upkeep/stored-files.ts';
import { type Depth, sweep } from './upkeep/sweep.ts';
import { type Hearing, verify } from './upkeep/verify.ts';
import { uploadRecord } from './upload-record.ts';
import { createUploads } from './uploads.ts';

export type Attachments = ReturnType<typeof createAttachments>;

/**
 * Files on tickets, from the first byte to the last: begin, receive, admit (or stage and claim), list, open,
 * remove and restore. Every function takes a grant or an owner; none asks who may.
 */
export function createAttachments(parts: Parts) {
  const { db, limits, log } = parts;
  const leases = createLeases(db, log);
  const reservations = createReservations(parts);
  const uploads = createUploads(parts, reservations, leases);
  const admission = createAdmission(parts, reservations, uploads, leases);
  const staged = createStaged(parts);
  const assembly = createAssembly(parts);
  const { finish, ...finishing } = createFinishing(parts, { uploads, admission, leases, assembly });
  const serving = createServing(parts);
  const thumbnails = createThumbnails(parts, serving);
  const scans = createScans(parts);
  const audit = createAudit(parts);

  async function get({ attachmentId }: Grant<'read'>): Promise<AttachmentRecord> {
    const row = await db
      .selectFrom('ticket_attachments')
      .selectAll()
      .select(names)
      .where('id', '=', attachmentId)
      .where('deleted_at', 'is', null)
      .executeTakeFirst();
    if (!row) throw new Refusal('attachment_not_found');
    return attachmentRecord(row);
  }

  async function describe(grant: Grant<'edit'>, description: string | null): Promise<AttachmentRecord> {
    return db.transaction().execute(async (trx) => {
      await grant.stillHolds(trx);
      const row = await trx
        .updateTable('ticket_attachments')
        .set({ description, updated_at: sql<Date>`now()` })
        .where('id', '=', grant.attachmentId)
        .where('deleted_at', 'is', null)
        .returningAll()
        .returning(names)
        .executeTakeFirst();
      if (!row) throw new Refusal('attachment_not_found');
      await record(trx, { event: 'edited', by: grant.by, ticketId: row.ticket_id, attachmentId: row.id });
      return attachmentRecord(row);
    });
  }

  return {
    ...{ begin: uploads.begin, receive: uploads.receive, abandon: uploads.abandon, ...admission },
    claim: (trx: Transaction<Schema>, asked: Claim) => claim(trx, limits, asked),
    staged,
    /** See `uploadRecord`. */
    upload: (owner: Pick<Actor, 'id'>, uploadId: string) => uploadRecord(db, owner, uploadId),
    resumable: createResumable(parts, { uploads, reservations, leases, finish, assembly, staged }),
    get,
    list: (grant: Grant<'list'>, filter: ListFilter, page: Page) => listAttachments(db, grant, filter, page),
    listAll: (grant: Grant<'list'>) => listAll(db, grant),
    listDeleted: (grant: Grant<'list'>, page: Page) => listDeleted(db, grant, page),
    ofReplies,
    describe,
    ...createRemoval(parts),
    ...createLegalHold(db),
    open: serving.open,
    thumbnail: thumbnails.open,
    pack: createArchive(parts, serving).pack,
    scans,
    rehome: (attachmentId: string) => rehome(parts, attachmentId),
    sweep: (depth?: Depth) => sweep(parts, depth),
    /** See `plan`. */
    plan: () => plan(parts),
    /** Where new files go. */
    storage: () => parts.stores.here.storage,
    move: (to: Destination, onStep: (step: Step) => void) => moveAll(parts, to, onStep),
    /** See `verify`. */
    verify: (choice: Choice, hear: Hearing) => verify(parts, choice, hear),
    /** See `createAudit`. */
    audit: () => audit.run(),
    lastAudit: () => lastAudit(db),
    /** Throws unless every store answers, and the disk beside them takes a file. */
    async check(): Promise<void> {
      await Promise.all([...parts.stores.all.map((store) => store.stat('health')), parts.spool.check()]);
    },
    limits,
    policy: () => ({ limits, accepted: acceptedTypes(limits), scanning: scans.isOn }),
    async close(): Promise<void> {
      leases.stop();
      scans.close();
      audit.close();
      await finishing.close();
      await assembly.close();
      await thumbnails.close();
    },
  };
}
