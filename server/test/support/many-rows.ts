import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { sql } from 'kysely';
import type { TestRoom } from './room.ts';

/** How many rows; a million by hand: docs/performance.md has the figures. */
export const ROWS = Number(process.env.DOCKET_TEST_ROWS ?? 20_000);

/** So many rows on a ticket, of one small file each, all the same: the first, then `tickets/1/2`, `tickets/1/3` and so on. */
export async function strewRows(room: TestRoom, ticket: string, count: number): Promise<void> {
  const { id } = await room.attach(ticket);
  await sql`
    INSERT INTO ticket_attachments (
      id, ticket_id, file_name, file_path, file_size, mime_type, sha256, storage, virus_scan_status, uploaded_by, created_by
    )
    SELECT gen_random_uuid(), ticket_id, file_name, 'tickets/1/' || n, file_size, mime_type, sha256, storage,
      virus_scan_status, uploaded_by, created_by
    FROM ticket_attachments, generate_series(2, ${count}) n WHERE id = ${id}`.execute(room.db);
}

/** What is live of this process after a collection, and how long all of it takes. */
export function watchMemory() {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc');
  const heap: number[] = [];
  const whole: number[] = [];
  const began = performance.now();
  return {
    measure(): void {
      collect();
      const { heapUsed, rss } = process.memoryUsage();
      heap.push(heapUsed);
      whole.push(rss);
    },
    /** MB above the first, at most. Says on the way what was measured of so many things. */
    grown(what: string, count: number): number {
      const seconds = (performance.now() - began) / 1000;
      const [first = 0] = heap;
      const grown = (Math.max(...heap) - first) / 1_000_000;
      const all = whole.map((bytes) => Math.round(bytes / 1_000_000)).join(' ');
      const pace = `${seconds.toFixed(1)} s, ${Math.round(count / seconds)} a second`;
      console.log(
        `${what}: ${count} in ${pace}; heap ${grown.toFixed(1)} MB more at most; process, MB: ${all}`,
      );
      return grown;
    },
  };
}
