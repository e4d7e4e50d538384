import { sql } from 'kysely';
import type { Db } from '../../db/open.ts';

/** Makes a ticket look as old as its story says, its replies and files with it. The audit keeps the truth. */
export async function moveIntoPast(
  db: Db,
  ticketId: string,
  hoursAgo: number,
  replies: { id: string; afterHours: number; internal: boolean }[],
): Promise<void> {
  const seen = replies.filter((reply) => !reply.internal).map((reply) => reply.afterHours);
  await db
    .updateTable('tickets')
    .set({ created_at: hours(hoursAgo), updated_at: hours(hoursAgo - Math.max(0, ...seen)) })
    .where('id', '=', ticketId)
    .execute();
  for (const { id, afterHours } of replies) {
    await db
      .updateTable('ticket_replies')
      .set({ created_at: hours(hoursAgo - afterHours) })
      .where('id', '=', id)
      .execute();
  }
  await sql`
    UPDATE ticket_attachments AS file SET created_at = coalesce(
      (SELECT created_at FROM ticket_replies WHERE id = file.reply_id),
      (SELECT created_at FROM tickets WHERE id = file.ticket_id)
    ) WHERE ticket_id = ${ticketId}`.execute(db);
}

function hours(ago: number) {
  return sql<Date>`now() - make_interval(hours => ${ago})`;
}
