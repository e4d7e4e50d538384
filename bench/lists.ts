import { sql } from 'kysely';
import type { DocketCandidate } from './candidates.ts';
import { median } from './load.ts';

const ATTACHMENTS = 1_000_000;
const TICKETS = 50_000;
const ASKED = 200;

/** A page of a ticket's files and the ticket with its count, among a million attachments. */
export async function measureLists(docket: DocketCandidate): Promise<void> {
  await fill(docket);
  const tickets = await docket.desk.services.db
    .selectFrom('tickets')
    .select('id')
    .where('subject', '=', 'bulk')
    .limit(ASKED)
    .execute();
  for (const [name, path] of [
    ['a page of files', (id: string) => `/tickets/${id}/attachments`],
    ['a ticket with its count', (id: string) => `/tickets/${id}`],
  ] as const) {
    const times: number[] = [];
    for (const { id } of tickets) {
      const begun = performance.now();
      const response = await fetch(`${docket.url}/api/v1${path(id)}`, { headers: docket.headers });
      await response.arrayBuffer();
      if (response.status !== 200) throw new Error(`${path(id)} answered ${response.status}`);
      times.push(performance.now() - begun);
    }
    console.log(
      `${name} among ${ATTACHMENTS.toLocaleString('en')} attachments: median ${median(times).toFixed(1)} ms`,
    );
  }
}

async function fill({ desk }: DocketCandidate): Promise<void> {
  const { db } = desk.services;
  await sql`
    INSERT INTO tickets (id, subject, description, requester_id)
    SELECT gen_random_uuid()::text, 'bulk', 'd', (SELECT min(id) FROM users) FROM generate_series(1, ${TICKETS})
  `.execute(db);
  await sql`
    INSERT INTO ticket_attachments (id, ticket_id, file_name, file_path, file_size, mime_type, sha256, storage,
      virus_scan_status, uploaded_by, created_by, created_at)
    SELECT gen_random_uuid()::text, t.id, 'f.txt', 'tickets/' || gen_random_uuid(), 1000, 'text/plain',
      repeat('0', 64), 'disk', 'skipped', t.requester_id, t.requester_id, now() - random() * interval '1 year'
    FROM tickets t, generate_series(1, ${ATTACHMENTS / TICKETS}) WHERE t.subject = 'bulk'
  `.execute(db);
  await sql`
    INSERT INTO attachment_totals (ticket_id, internal, file_count, total_size)
    SELECT id, false, ${ATTACHMENTS / TICKETS}, ${(ATTACHMENTS / TICKETS) * 1000} FROM tickets WHERE subject = 'bulk'
  `.execute(db);
  await sql`ANALYZE`.execute(db);
}
