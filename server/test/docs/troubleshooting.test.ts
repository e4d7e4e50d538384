import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { answerOf } from '../support/browser.ts';
import { Client } from '../support/client.ts';
import { openTestDesk, type TestDesk } from '../support/desk.ts';
import { Exchange } from '../support/exchange.ts';
import { freePort } from '../support/free-port.ts';
import { type Nginx, startNginx, withNginx } from '../support/nginx.ts';
import { expectProblem } from '../support/problem.ts';
import { textOf } from '../support/samples.ts';
import { offsetIn, tusOf } from '../support/tus.ts';

const MAX = 30_000_000;
const PIECE = { 'tus-resumable': '1.0.0', 'content-type': 'application/offset+octet-stream' };

describe.runIf(withNginx)('behind nginx, set as docs/troubleshooting.md says', () => {
  let nginx: Nginx;
  let desk: TestDesk;
  let person: Client;
  beforeAll(async () => {
    desk = await openTestDesk({ config: { trustProxy: true, maxFileSize: MAX } });
    const port = await freePort();
    nginx = await startNginx(configuration(port, desk.url), port);
    const direct = await desk.person('customer');
    person = new Client(nginx.url, direct.token, direct.id);
  });
  afterAll(async () => {
    await nginx?.stop();
    await desk?.close();
  });

  test('a form of any length arrives, and goes out again as it was', async () => {
    const text = textOf(MAX);
    const id = await person.attach(await person.openTicket(), { name: 'log.txt', bytes: text });
    const bytes = await (await person.get(`/attachments/${id}/download`)).arrayBuffer();
    const sha256 = (of: Uint8Array | string) => createHash('sha256').update(of).digest('hex');
    expect(sha256(new Uint8Array(bytes))).toBe(sha256(text));
  });

  test('a file that is too large is refused by Docket, with its reason', async () => {
    const path = `/tickets/${await person.openTicket()}/attachments`;
    const answer = await answerOf(
      await person.upload(path, { name: 'log.txt', bytes: textOf(MAX + 100_000) }),
    );
    expectProblem(answer, 413, 'file_too_large', { limit: MAX, actual: expect.any(Number) });
  });

  test('an upload is at the address that people type', async () => {
    const response = await tusOf(person).create(5);
    expect(response.headers.get('location')).toMatch(`${person.url}/uploads/tus/`);
  });

  test('a piece is on its way to Docket while it is sent, and what arrived of one that breaks is kept', async () => {
    const tus = tusOf(person);
    const path = await tus.begin(3_000_000);
    const head = { ...PIECE, 'upload-offset': 0, 'content-length': 3_000_000 };
    const exchange = await Exchange.open(person, path, head, 'PATCH');
    await exchange.write(textOf(2_000_000));
    await vi.waitFor(async () => expect(await running(desk)).toBe(1), { timeout: 5_000 });
    await exchange.abort();
    const offset = await vi.waitFor(async () => {
      const at = offsetIn(await tus.head(path));
      expect(at).toBeGreaterThan(1_000_000);
      return at;
    });
    const rest = textOf(3_000_000).slice(offset);
    expect((await tus.patch(path, offset, rest)).status).toBe(204);
    expect(await tus.record(path)).toMatchObject({ state: 'ready', file_size: 3_000_000 });
  });
});

/** The block of the document, with this port and that address. */
function configuration(port: number, upstream: string): string {
  const document = readFileSync(new URL('../../../docs/troubleshooting.md', import.meta.url), 'utf8');
  const [, block = ''] = /```nginx\n(.*?)```/s.exec(document) ?? [];
  return block.replace('listen 80;', `listen 127.0.0.1:${port};`).replace('http://127.0.0.1:3000', upstream);
}

async function running({ db }: TestDesk): Promise<number> {
  const rows = await db.selectFrom('uploads').select('id').where('lease_until', 'is not', null).execute();
  return rows.length;
}
