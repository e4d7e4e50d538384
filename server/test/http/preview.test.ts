import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pdf } from '../../src/helpdesk/demo/pdf.ts';
import { answerOf } from '../support/browser.ts';
import { type Client, note } from '../support/client.ts';
import { openTestDesk, type TestDesk } from '../support/desk.ts';
import { canvas, png } from '../support/png.ts';
import { expectProblem } from '../support/problem.ts';

const PDF = pdf([{ text: 'It burns.', left: 60, bottom: 770, size: 18 }]);
const PNG = png(canvas(4, 4, [200, 0, 0]));
const LONG = `${'€ and ä, '.repeat(100_000)}end`;

let desk: TestDesk;
let requester: Client;
let ticket: string;
beforeAll(async () => {
  desk = await openTestDesk({ config: { maxFilesPerTicket: 100 } });
  requester = await desk.person('customer');
  ticket = await requester.openTicket();
});
afterAll(() => desk?.close());

const attach = (name: string, bytes: Uint8Array | string) => requester.attach(ticket, { name, bytes });
const preview = (id: string, headers: Record<string, string> = {}) =>
  requester.get(`/attachments/${id}/preview`, headers);

describe('a preview', () => {
  test.each([
    ['a.pdf', PDF, 'application/pdf'],
    ['a.png', PNG, 'image/png'],
  ])('of %s is the file, inline and under a policy that runs nothing', async (name, bytes, type) => {
    const response = await preview(await attach(name, bytes));
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': type,
      'content-disposition': expect.stringMatching(`^inline; filename=${name};`),
      'content-security-policy': "sandbox; default-src 'none'; frame-ancestors 'self'",
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'private, no-store',
      'accept-ranges': 'bytes',
      'content-length': String(bytes.length),
    });
    expect(response.headers.has('x-frame-options')).toBe(false);
    expect(Buffer.from(await response.arrayBuffer()).equals(bytes)).toBe(true);
  });

  test('of a PDF comes in ranges and only when it is new', async () => {
    const id = await attach('a.pdf', PDF);
    const part = await preview(id, { range: 'bytes=5-9' });
    expect(part.status).toBe(206);
    expect(part.headers.get('content-range')).toBe(`bytes 5-9/${PDF.length}`);
    expect(await part.text()).toBe(PDF.subarray(5, 10).toString('latin1'));
    const etag = part.headers.get('etag') ?? '';
    expect((await preview(id, { 'if-none-match': etag })).status).toBe(304);
    expectProblem(
      await answerOf(await preview(id, { range: 'bytes=99999-' })),
      416,
      'range_not_satisfiable',
      { limit: PDF.length },
    );
  });

  test('is in the audit as one, and no download', async () => {
    const id = await attach('a.png', PNG);
    await (await preview(id)).arrayBuffer();
    await requester.fetch(`/attachments/${id}/preview`, { method: 'HEAD' });
    const rows = await desk.db
      .selectFrom('attachment_events')
      .select(['event', 'actor_id'])
      .where('attachment_id', '=', id)
      .orderBy('seq')
      .execute();
    expect(rows.map(({ event }) => event)).toEqual(['uploaded', 'previewed']);
  });

  test('is there for what can be shown only', async () => {
    const id = await attach('a.txt', 'x');
    await desk.db
      .updateTable('ticket_attachments')
      .set({ mime_type: 'application/zip', file_name: 'a.zip' })
      .where('id', '=', id)
      .execute();
    expectProblem(await answerOf(await preview(id)), 404, 'preview_not_found', { file_name: 'a.zip' });
    expect((await answerOf(await requester.get(`/attachments/${id}`))).json.can.preview).toBe(false);
  });

  test('of a deleted file is gone, and of a held one held', async () => {
    const id = await attach('a.png', PNG);
    await desk.db
      .updateTable('ticket_attachments')
      .set({ virus_scan_status: 'infected' })
      .where('id', '=', id)
      .execute();
    expectProblem(await answerOf(await preview(id)), 403, 'infected', { file_name: 'a.png' });
    await requester.send('DELETE', `/attachments/${id}`);
    expectProblem(await answerOf(await preview(id)), 410, 'attachment_deleted', { file_name: 'a.png' });
  });
});

describe('a text', () => {
  const utf16be = Buffer.from('\ufeffGrüße', 'utf16le').swap16();
  test.each([
    ['UTF-8', Buffer.from('Grüße, 你好'), 'Grüße, 你好'],
    ['UTF-8 with a mark', Buffer.from('\ufeffGrüße'), 'Grüße'],
    ['UTF-16, little end first', Buffer.from('\ufeffGrüße', 'utf16le'), 'Grüße'],
    ['UTF-16, big end first', utf16be, 'Grüße'],
    ['UTF-16 without a mark', Buffer.from('Grüße an alle', 'utf16le'), 'Grüße an alle'],
    ['Windows-1252', Buffer.from('Gr\xfc\xdfe, 5 \x80', 'latin1'), 'Grüße, 5 €'],
    ['more than one piece', Buffer.from(LONG), LONG],
    [
      'Windows-1252 from its second piece on',
      Buffer.from(`${'x'.repeat(600_000)}\xfc`, 'latin1'),
      `${'x'.repeat(600_000)}ü`,
    ],
  ])('in %s is shown as UTF-8', async (_, bytes, shown) => {
    const response = await preview(await attach('a.txt', bytes));
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(await response.text()).toBe(shown);
  });

  test('as CSV or with markup in it is plain text', async () => {
    const response = await preview(await attach('a.csv', 'a,b\r\n1,<script>alert(1)</script>\r\n'));
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(response.headers.get('content-security-policy')).toContain('sandbox');
    expect(await response.text()).toContain('<script>');
  });

  test('comes whole, whatever range is asked for', async () => {
    const response = await preview(await attach('a.txt', note().bytes), { range: 'bytes=0-1' });
    expect(response.status).toBe(200);
    expect(response.headers.get('accept-ranges')).toBe('none');
    expect(await response.text()).toBe(note().bytes);
  });

  test('is not sent again to whoever has it, and HEAD tells the same without it', async () => {
    const id = await attach('a.txt', 'x');
    const first = await preview(id);
    const etag = first.headers.get('etag') ?? '';
    expect((await preview(id, { 'if-none-match': etag })).status).toBe(304);
    const head = await requester.fetch(`/attachments/${id}/preview`, { method: 'HEAD' });
    expect(head.status).toBe(200);
    expect(head.headers.get('etag')).toBe(etag);
    expect(head.headers.get('content-type')).toBe(first.headers.get('content-type'));
  });

  test('that has changed on the disk is never taken for whole', async () => {
    const id = await attach('a.txt', LONG);
    await desk.db
      .updateTable('ticket_attachments')
      .set({ sha256: '0'.repeat(64) })
      .where('id', '=', id)
      .execute();
    await expect(preview(id).then((response) => response.text())).rejects.toThrow();
    expect(desk.log.some((line) => line.alarm === 'integrity')).toBe(true);
  });
});
