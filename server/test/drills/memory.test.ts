import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Client } from '../support/client.ts';
import { Exchange } from '../support/exchange.ts';
import { FORM_TYPE, filePart, form } from '../support/form.ts';
import { textOf } from '../support/samples.ts';
import { type LiveDesk, openLiveDesk } from './live-desk.ts';
import { MB, memoryOf } from './process-figures.ts';

/** How many uploads at once, and of how many MB: `50x50` is the promise, the short form its small brother. */
const [UPLOADS = 10, SIZE = 20] = (process.env.DOCKET_TEST_MEMORY ?? '10x20').split('x').map(Number);
const MOST_GROWTH = 100 * MB;
const PIECE = 64 * 1024;

let desk: LiveDesk;
let person: Client;
beforeAll(async () => {
  desk = await openLiveDesk();
  person = await desk.person();
}, 60_000);
afterAll(() => desk?.close());

/** All begin before any ends: each sends a piece when its last one is on its way. */
async function upload(ticket: string, body: Buffer): Promise<number | undefined> {
  const exchange = await Exchange.open(person, `/tickets/${ticket}/attachments`, {
    ...FORM_TYPE,
    'content-length': body.length,
  });
  for (let at = 0; at < body.length; at += PIECE) await exchange.write(body.subarray(at, at + PIECE));
  const answer = await exchange.answer;
  exchange.finish();
  return answer?.status;
}

test(
  `${UPLOADS} uploads of ${SIZE} MB at once take less than 100 MB of memory more`,
  async () => {
    const body = form([filePart(textOf(SIZE * MB))]);
    const ticket = await person.openTicket();
    // What any upload needs once (threads, code, pools) is no growth.
    for (let warm = 0; warm < 3; warm += 1) await person.attach(ticket);
    expect(await upload(ticket, body)).toBe(201);

    const before = await memoryOf(desk.pid);
    await writeFile(`/proc/${desk.pid}/clear_refs`, '5'); // proc_pid_clear_refs(5): the peak begins anew
    const statuses = await Promise.all(Array.from({ length: UPLOADS }, () => upload(ticket, body)));
    const after = await memoryOf(desk.pid);

    const growth = after.peak - before.now;
    console.log(
      `${UPLOADS} x ${SIZE} MB: ${mb(before.now)} MB before, ${mb(after.peak)} MB at most, ${mb(growth)} MB more`,
    );
    expect(new Set(statuses)).toEqual(new Set([201]));
    expect(growth).toBeLessThan(MOST_GROWTH);
  },
  30_000 + UPLOADS * SIZE * 200,
);

function mb(bytes: number): string {
  return (bytes / MB).toFixed(0);
}
