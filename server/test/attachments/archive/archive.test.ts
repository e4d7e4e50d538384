import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { quarantine } from '../../../src/attachments/scan/quarantine.ts';
import { openTestRoom, type TestRoom } from '../../support/room.ts';
import { unzip } from '../../support/zip.ts';

let room: TestRoom;
beforeAll(async () => {
  room = await openTestRoom({ maxFileSize: 20_000_000, maxTotalSizePerTicket: 100_000_000 });
});
afterAll(() => room?.close());

/** A ticket with more than a slow client takes at once, and a file after it. */
async function twoFiles() {
  const ticket = await room.ticket();
  await room.attach(ticket, randomBytes(5_000_000).toString('hex'));
  return { ticket, last: await room.attach(ticket, 'MALWARE\n') };
}

async function startToPack(ticket: string) {
  const zip = await room.attachments.pack(await room.access.toList(room.requester, ticket), 'T');
  await once(zip, 'readable');
  await sleep(300);
  return zip;
}

async function infect(id: string) {
  const infected = { virus_scan_status: 'infected' as const };
  await room.db.updateTable('ticket_attachments').set(infected).where('id', '=', id).execute();
  await quarantine(room.parts, id);
}

const contents = async (zip: Parameters<typeof buffer>[0]) =>
  [...(await unzip(await buffer(zip))).values()].map(({ content }) => content.toString());

test('a file in which malware is found while an archive is on its way is left out, and the manifest says why', async () => {
  const { ticket, last } = await twoFiles();
  const zip = await startToPack(ticket);
  await infect(last.id);
  const texts = await contents(zip);
  expect(texts.filter((text) => text.startsWith('MALWARE'))).toEqual([]);
  expect(texts.at(-1)).toContain('infected');
});

test('so is one that is deleted meanwhile', async () => {
  const { ticket, last } = await twoFiles();
  const zip = await startToPack(ticket);
  await room.db
    .updateTable('ticket_attachments')
    .set({ deleted_at: new Date(), deleted_by: room.requester.id })
    .where('id', '=', last.id)
    .execute();
  const texts = await contents(zip);
  expect(texts.filter((text) => text.startsWith('MALWARE'))).toEqual([]);
  expect(texts.at(-1)).toContain('attachment_deleted');
});

test('a download that was looked at before its verdict does not follow it into quarantine', async () => {
  const { last } = await twoFiles();
  const open = await room.attachments.open(await room.access.toRead(room.requester, last.id));
  await infect(last.id);
  await expect(open.read()).rejects.toMatchObject({ code: 'infected' });
  await expect(open.check()).rejects.toMatchObject({ code: 'infected' });
});
