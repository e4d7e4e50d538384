import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { answerOf } from '../support/browser.ts';
import { type Client, note } from '../support/client.ts';
import { openTestDesk, type TestDesk } from '../support/desk.ts';
import { expectOrder } from '../support/disorder.ts';
import { expectProblem } from '../support/problem.ts';

let desk: TestDesk;
let requester: Client;
let ticket: string;
beforeAll(async () => {
  desk = await openTestDesk({ config: { maxFilesPerTicket: 100 } });
  requester = await desk.person('customer');
  ticket = await requester.openTicket();
});
afterAll(() => desk?.close());
afterEach(() => expectOrder(desk));

/** Left half red, right half blue. */
const twoColours = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: 'blue' } }).composite([
    { input: { create: { width: width / 2, height, channels: 3, background: 'red' } }, left: 0, top: 0 },
  ]);
const attach = (name: string, bytes: Uint8Array) => requester.attach(ticket, { name, bytes });
const thumbnail = (id: string, headers: Record<string, string> = {}, by = requester) =>
  by.get(`/attachments/${id}/thumbnail`, headers);
const pictureOf = async (response: Response) => sharp(Buffer.from(await response.arrayBuffer()));
const change = (id: string, columns: object) =>
  desk.db.updateTable('ticket_attachments').set(columns).where('id', '=', id).execute();

describe('a thumbnail', () => {
  test.each([
    ['a.png', () => twoColours(1200, 600).png().toBuffer()],
    ['a.jpg', () => twoColours(1200, 600).jpeg().toBuffer()],
    ['a.gif', () => twoColours(1200, 600).gif().toBuffer()],
  ])('of %s is WebP of 320 pixels', async (name, make) => {
    const response = await thumbnail(await attach(name, await make()));
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'image/webp',
      'cache-control': 'private, max-age=600',
      vary: 'Authorization, Cookie',
      etag: expect.stringMatching(/^"[0-9a-f]{64}"$/),
      'x-content-type-options': 'nosniff',
      'content-security-policy': "sandbox; default-src 'none'",
      'cross-origin-resource-policy': 'same-origin',
    });
    const picture = await pictureOf(response);
    expect(await picture.metadata()).toMatchObject({ format: 'webp', width: 320, height: 160 });
  });

  test('is upright, and says nothing of where and when the picture was taken', async () => {
    const bytes = await twoColours(800, 400)
      .withExif({ IFD0: { Artist: 'Rita' }, IFD3: { GPSLatitude: '53/1 33/1 0/1' } })
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer();
    expect((await sharp(bytes).metadata()).orientation).toBe(6);
    const picture = await pictureOf(await thumbnail(await attach('a.jpg', bytes)));
    const { width, height, exif, xmp, orientation } = await picture.metadata();
    expect([width, height]).toEqual([160, 320]);
    expect([exif, xmp, orientation]).toEqual([undefined, undefined, undefined]);
    // Turned to the right, what was left is above.
    const { data } = await picture.resize(1, 2, { fit: 'fill' }).raw().toBuffer({ resolveWithObject: true });
    expect([(data[0] ?? 0) > 200, (data[5] ?? 0) > 200]).toEqual([true, true]);
  });

  test('of a small picture is no larger', async () => {
    const picture = await pictureOf(
      await thumbnail(await attach('a.png', await twoColours(8, 4).png().toBuffer())),
    );
    expect(await picture.metadata()).toMatchObject({ width: 8, height: 4 });
  });

  test('is not sent again to whoever has it; HEAD tells of it', async () => {
    const id = await attach('a.png', await twoColours(80, 40).png().toBuffer());
    const first = await thumbnail(id);
    const etag = first.headers.get('etag') ?? '';
    const second = await thumbnail(id, { 'if-none-match': etag });
    expect([second.status, second.headers.get('etag')]).toEqual([304, etag]);
    const head = await requester.fetch(`/attachments/${id}/thumbnail`, { method: 'HEAD' });
    expect(head.headers.get('content-length')).toBe(String((await first.arrayBuffer()).byteLength));
  });

  test('is for those who may have the file', async () => {
    const id = await attach('a.png', await twoColours(80, 40).png().toBuffer());
    expect((await thumbnail(id)).status).toBe(200);
    expect((await thumbnail(id, {}, await desk.person('customer'))).status).toBe(403);
    const agent = await desk.person('agent');
    await change(id, { virus_scan_status: 'pending' });
    expectProblem(await answerOf(await thumbnail(id, {}, agent)), 409, 'scan_pending', {
      file_name: 'a.png',
    });
    expect((await answerOf(await agent.get(`/attachments/${id}`))).json.can.thumbnail).toBe(false);
    await change(id, { virus_scan_status: 'infected' });
    expectProblem(await answerOf(await thumbnail(id)), 403, 'infected', { file_name: 'a.png' });
    await requester.send('DELETE', `/attachments/${id}`);
    expectProblem(await answerOf(await thumbnail(id)), 410, 'attachment_deleted', { file_name: 'a.png' });
  });

  test('is for pictures', async () => {
    const id = await requester.attach(ticket, note());
    expectProblem(await answerOf(await thumbnail(id)), 404, 'thumbnail_not_found', { file_name: 'note.txt' });
    expect((await answerOf(await requester.get(`/attachments/${id}`))).json.can.thumbnail).toBe(false);
  });

  test('that cannot be made is not tried again', async () => {
    const id = await requester.attach(ticket, note('No picture at all, but its row says so.'));
    await change(id, { mime_type: 'image/png' });
    for (const _ of [1, 2]) {
      expectProblem(await answerOf(await thumbnail(id)), 422, 'thumbnail_failed', { file_name: 'note.txt' });
    }
    const row = await desk.db
      .selectFrom('thumbnails')
      .select(['state', 'attempts'])
      .where('attachment_id', '=', id)
      .executeTakeFirst();
    expect(row).toEqual({ state: 'failed', attempts: 1 });
  });

  test('of a picture that has changed on the disk is not made', async () => {
    const id = await attach('a.png', await twoColours(80, 40).png().toBuffer());
    await change(id, { sha256: '0'.repeat(64) });
    expectProblem(await answerOf(await thumbnail(id)), 500, 'attachment_damaged');
    expect(desk.log.some((line) => line.alarm === 'integrity')).toBe(true);
  });

  test('of an SVG in disguise is refused by the process itself', async () => {
    const svg =
      '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="/etc/hostname"/></svg>';
    const id = await requester.attach(ticket, note(`text ${svg}`));
    await change(id, { mime_type: 'image/png' });
    expectProblem(await answerOf(await thumbnail(id)), 422, 'thumbnail_failed', { file_name: 'note.txt' });
  });
});
