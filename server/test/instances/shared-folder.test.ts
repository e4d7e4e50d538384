import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { answerOf } from '../support/browser.ts';
import { type Clamd, startClamd, withClamd } from '../support/clamd.ts';
import { type Client, note } from '../support/client.ts';
import { EICAR } from '../support/eicar.ts';
import { Listener } from '../support/events.ts';
import { Exchange } from '../support/exchange.ts';
import { withNginx } from '../support/nginx.ts';
import { textOf } from '../support/samples.ts';
import { offsetIn, tusOf } from '../support/tus.ts';
import { type Instance, startTwoDockets, type TwoDockets } from './two-dockets.ts';

const PLACES = 20;
const PER_MINUTE = 40;
const MB = 1_000_000;

// Real processes on a busy machine.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 120_000 });

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe.runIf(withNginx && withClamd)('two Dockets over one PostgreSQL and one data folder', () => {
  let folder: string;
  let clamd: Clamd;
  let dockets: TwoDockets;
  let requester: Client;
  let ticket: string;
  beforeAll(async () => {
    [folder, clamd] = await Promise.all([mkdtemp(join(tmpdir(), 'docket-shared-')), startClamd()]);
    dockets = await startTwoDockets({
      DOCKET_DATA_DIR: folder,
      CLAMD_SOCKET: clamd.socket,
      DOCKET_MAX_FILES_PER_TICKET: String(PLACES),
      DOCKET_UPLOADS_PER_MINUTE: String(PER_MINUTE),
      DOCKET_CONCURRENT_UPLOADS: '1000',
    });
    requester = await dockets.person('customer');
    ticket = await requester.openTicket();
  });
  afterAll(async () => {
    await dockets?.close();
    await clamd?.close();
    if (folder) await rm(folder, { recursive: true });
  });

  /** A stream of events from one of them; nginx sends what comes next to the other, which has fewer connections. */
  async function listen(of = ticket): Promise<{ listener: Listener; instance: Instance }> {
    const listener = await Listener.ready(requester, [of]);
    return { listener, instance: dockets.servedBy(listener.response.headers['x-served-by']) };
  }

  test('what one finds in a file, a listener at the other hears', async () => {
    const [here, there] = [await listen(), await listen()];
    expect(here.instance).not.toBe(there.instance);
    const id = await requester.attach(ticket, { name: 'note.txt', bytes: EICAR });
    for (const { listener } of [here, there]) {
      await listener.until(
        ({ kind, data }) => kind === 'attachment_judged' && data.attachment_id === id,
        30_000,
      );
    }
    const found = await answerOf(await requester.get(`/attachments/${id}`));
    expect(found.json).toMatchObject({ virus_scan_status: expect.stringMatching(/infected|quarantined/) });
  });

  test(`forty uploads at once for ${PLACES} places: exactly ${PLACES} are in`, async () => {
    const person = await dockets.person('customer');
    const full = await person.openTicket();
    const { outcomes, instances } = await race(40, () =>
      person.upload(`/tickets/${full}/attachments`, note()),
    );
    expect(outcomes).toEqual({ 201: PLACES, ticket_files_exceeded: 40 - PLACES });
    expect(instances.size).toBe(2);
  });

  test(`${PER_MINUTE + 10} uploads at once of one person: exactly ${PER_MINUTE} a minute`, async () => {
    const person = await dockets.person('customer');
    const tickets = await Promise.all([1, 2, 3].map(() => person.openTicket()));
    const { outcomes, instances } = await race(PER_MINUTE + 10, (i) =>
      person.upload(`/tickets/${tickets[i % 3]}/attachments`, note()),
    );
    expect(outcomes).toEqual({ 201: PER_MINUTE, upload_rate_exceeded: 10 });
    expect(instances.size).toBe(2);
  });

  /** How often each outcome was, `201` or the code of a refusal, and who answered. */
  async function race(count: number, act: (i: number) => Promise<Response>) {
    const responses = await Promise.all(Array.from({ length: count }, (_, i) => act(i)));
    const outcomes: Record<string, number> = {};
    for (const response of responses) {
      const { status, json } = await answerOf(response);
      const outcome = status < 300 ? String(status) : json.code;
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    }
    const instances = new Set(responses.map(({ headers }) => dockets.servedBy(headers.get('x-served-by'))));
    return { outcomes, instances };
  }

  test('an upload that begins at one, which is killed in the middle of it, ends at the other', async () => {
    const bytes = Buffer.from(textOf(6 * MB));
    const { listener, instance: survivor } = await listen();
    const tus = tusOf(requester);
    const path = await tus.begin(bytes.length, { ticket_id: ticket });
    const first = await tus.patch(path, 0, bytes.subarray(0, 2 * MB));
    expect(first.status).toBe(204);
    const dying = dockets.servedBy(first.headers.get('x-served-by'));
    expect(dying).not.toBe(survivor);

    const head = { 'tus-resumable': '1.0.0', 'content-type': 'application/offset+octet-stream' };
    const exchange = await Exchange.open(
      requester,
      path,
      { ...head, 'upload-offset': 2 * MB, 'content-length': 4 * MB },
      'PATCH',
    );
    await exchange.write(bytes.subarray(2 * MB, 4 * MB));
    await vi.waitFor(async () => expect(await underWay()).toBe(1), { timeout: 10_000 });
    await dying.kill();
    expect((await exchange.answer)?.status).toBe(502);

    const offset = await offsetOf(path);
    expect(offset).toBeGreaterThanOrEqual(2 * MB);
    const last = await tus.patch(path, offset, bytes.subarray(offset));
    expect(last.status).toBe(204);
    expect(dockets.servedBy(last.headers.get('x-served-by'))).toBe(survivor);
    const { attachment_id: id } = await tus.record(path);
    await listener.until(({ data }) => data.attachment_id === id, 20_000);
    const download = await requester.get(`/attachments/${id}/download`);
    expect(sha256(new Uint8Array(await download.arrayBuffer()))).toBe(sha256(bytes));
  });

  /** Uploads that somebody sends just now. */
  async function underWay(): Promise<number> {
    const { db } = dockets.desk;
    const rows = await db.selectFrom('uploads').select('id').where('lease_until', 'is not', null).execute();
    return rows.length;
  }

  /** Asks until what the dead one held is free. */
  async function offsetOf(path: string): Promise<number> {
    for (const until = Date.now() + 45_000; ; await sleep(250)) {
      const response = await tusOf(requester).head(path);
      if (response.status === 200) return offsetIn(response);
      if (response.status !== 423 || Date.now() > until) throw new Error(`HEAD: ${response.status}`);
    }
  }
});
