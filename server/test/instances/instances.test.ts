/** Two Dockets over one PostgreSQL and one bucket, behind nginx as it is shipped. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateBucketCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { createS3Client } from '../../src/attachments/index.ts';
import { answerOf } from '../support/browser.ts';
import { type Ceph, startCeph, withCeph } from '../support/ceph.ts';
import { Client, note } from '../support/client.ts';
import { shippedNginx } from '../support/deployment.ts';
import { openTestDesk, type TestDesk } from '../support/desk.ts';
import { type Environment, MAIN, type Running, serve, urlOf } from '../support/docket.ts';
import { Listener } from '../support/events.ts';
import { fakeClamd, findingBySize } from '../support/fake-clamd.ts';
import { freePort } from '../support/free-port.ts';
import { startNginx, withNginx } from '../support/nginx.ts';
import { textOf } from '../support/samples.ts';
import { tusOf } from '../support/tus.ts';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const MOST_FILES = 10;
const INFECTED = 6_666;
const STOPPING = { status: 503, json: { status: 'stopping' } };

describe.runIf(withCeph && withNginx)('two instances', () => {
  const stack = new AsyncDisposableStack();
  let ceph: Ceph;
  let s3: ReturnType<typeof createS3Client>;
  /** For making people, and for looking: it does no work. */
  let desk: TestDesk;
  let shared: Environment;
  let folder: string;
  let ports: number[];
  let instances: (Running & { url: string })[];
  let url: string;
  const Bucket = `docket-${randomUUID()}`;

  beforeAll(async () => {
    ceph = stack.adopt(await startCeph(), (it) => it.stop());
    const clamd = stack.adopt(await fakeClamd(findingBySize({ [INFECTED]: 'Eicar' })), (it) => it.close());
    const connection = {
      ...{ bucket: Bucket, endpoint: ceph.endpoint, region: 'us-east-1', prefix: 'help/' },
      ...{ forcePathStyle: true, checksums: 'when_required' as const, credentials: ceph.credentials },
    };
    s3 = createS3Client(connection);
    await s3.send(new CreateBucketCommand({ Bucket }));
    desk = stack.adopt(await openTestDesk({ config: { storage: 's3', s3: connection } }), (it) => it.close());
    folder = stack.adopt(await mkdtemp(join(tmpdir(), 'docket-instances-')), (it) =>
      rm(it, { recursive: true }),
    );
    shared = {
      DATABASE_URL: urlOf(desk.to),
      DOCKET_STORAGE: 's3',
      DOCKET_S3_BUCKET: Bucket,
      DOCKET_S3_ENDPOINT: ceph.endpoint,
      DOCKET_S3_PREFIX: 'help/',
      AWS_ACCESS_KEY_ID: ceph.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: ceph.credentials.secretAccessKey,
      CLAMD_HOST: clamd.address.host,
      CLAMD_PORT: String(clamd.address.port),
      DOCKET_TRUST_PROXY: 'loopback',
      DOCKET_MAX_FILES_PER_TICKET: String(MOST_FILES),
      DOCKET_UPLOADS_PER_MINUTE: '1000',
      DOCKET_CONCURRENT_UPLOADS: '100',
    };
    ports = [await freePort(), await freePort()];
    instances = await Promise.all([start(0), start(1)]);
    const port = await freePort();
    const conf = shippedNginx(port, [`127.0.0.1:${ports[0]}`, `127.0.0.1:${ports[1]}`]);
    url = stack.adopt(await startNginx(conf, port), (it) => it.stop()).url;
  }, 120_000);
  afterAll(async () => {
    for (const { child, ended } of instances ?? []) {
      child.kill('SIGTERM');
      await ended;
    }
    await stack.disposeAsync();
  }, 60_000);

  /** Each with a folder of its own: all that they share is the database and the bucket. */
  async function start(which: number) {
    const own = join(folder, String(which));
    await mkdir(own, { recursive: true });
    const env = { ...shared, PORT: String(ports[which]), DOCKET_DATA_DIR: own };
    return serve(env, [MAIN], ['--api-only']);
  }

  async function person(role: 'customer' | 'agent' = 'customer', at = url): Promise<Client> {
    const { token, id } = await desk.person(role);
    return new Client(at, token, id);
  }
  const same = (of: Client, at: string) => new Client(at, of.token, of.id);
  const urlAt = (which: number) => instances[which]?.url ?? '';
  /** The bytes of a file, once it has been looked at. */
  async function judged(by: Client, id: string): Promise<Buffer> {
    const status = async () => (await by.get(`/attachments/${id}/download`)).status;
    await expect.poll(status, { timeout: 20_000, interval: 100 }).toBe(200);
    return Buffer.from(await (await by.get(`/attachments/${id}/download`)).arrayBuffer());
  }

  test('what one was killed over, the other ends: a resumable upload, byte for byte', async () => {
    const bytes = Buffer.from(textOf(6_000_000));
    const requester = await person('customer', urlAt(0));
    const ticket = await requester.openTicket();
    const here = tusOf(requester);
    const path = await here.begin(bytes.length, { ticket_id: ticket });
    expect((await here.patch(path, 0, bytes.subarray(0, 2_000_000))).status).toBe(204);
    const slowly = new ReadableStream({
      async start(line) {
        for (let at = 2_000_000; at < 4_000_000; at += 200_000) {
          line.enqueue(bytes.subarray(at, at + 200_000));
          await sleep(50);
        }
        line.close();
      },
    });
    const cut = here.patch(path, 2_000_000, slowly).catch(() => undefined);
    await sleep(250);
    process.kill(instances[0]?.child.pid ?? 0, 'SIGKILL');
    await cut;
    onTestFinished(async () => {
      instances[0] = await start(0);
    }, 30_000);

    const there = tusOf(same(requester, url));
    const offset = Number((await there.head(path)).headers.get('upload-offset'));
    expect(offset).toBe(2_000_000);
    expect((await there.patch(path, offset, bytes.subarray(offset))).status).toBe(204);
    const { attachment_id: id } = await there.record(path);
    const agent = await person('agent', urlAt(1));
    expect(sha256(await judged(agent, String(id)))).toBe(sha256(bytes));
  }, 60_000);

  test('forty uploads that race for ten places get ten', async () => {
    const requester = await person();
    const ticket = await requester.openTicket();
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        requester.upload(`/tickets/${ticket}/attachments`, note(`It burns, ${n}.\n`)),
      ),
    );
    const codes = await Promise.all(
      answers.map(async (answer) => Object(await answer.json()).code ?? answer.status),
    );
    expect(codes.filter((code) => code === 201)).toHaveLength(MOST_FILES);
    expect(new Set(codes)).toEqual(new Set([201, 'ticket_files_exceeded']));
    const kept = async () => {
      const Prefix = `help/tickets/${ticket}/`;
      return (await s3.send(new ListObjectsV2Command({ Bucket, Prefix }))).KeyCount;
    };
    await expect.poll(kept, { timeout: 10_000 }).toBe(MOST_FILES);
  }, 60_000);

  test('a verdict is heard at once by who listens at either', async () => {
    const requester = await person();
    const ticket = await requester.openTicket();
    const listeners = await Promise.all(
      [0, 1].map((which) => Listener.ready(same(requester, urlAt(which)), [ticket])),
    );
    const id = await requester.attach(ticket, { name: 'a.txt', bytes: textOf(INFECTED) });
    for (const listener of listeners) {
      const { data } = await listener.until(({ kind }) => kind === 'attachment_judged', 10_000);
      expect(data.attachment_id).toBe(id);
    }
    const answer = await requester.get(`/attachments/${id}/download`);
    expect([answer.status, await answer.json()]).toMatchObject([403, { code: 'infected' }]);
  }, 60_000);

  test('one that is stopped in a storm loses nothing acknowledged, and ends what it has begun', async () => {
    const agent = await person('agent', urlAt(0));
    const ticket = await agent.openTicket();
    // More than the line itself can hold: the rest waits in the one that stops.
    const large = Buffer.from(textOf(30_000_000));
    const id = await agent.attach(ticket, { name: 'long.txt', bytes: large });
    await judged(agent, id);
    const slow = await begin(agent, id);

    const acknowledged = new Map<string, string>();
    let refused = 0;
    let storming = true;
    const storm = Array.from({ length: 6 }, async (_, lane) => {
      const requester = await person();
      while (storming) {
        const on = await requester.openTicket().catch(() => undefined);
        for (let n = 0; on && storming && n < MOST_FILES; n += 1) {
          const bytes = Buffer.from(textOf(20_000 + acknowledged.size * 7 + lane));
          const answer = await requester
            .upload(`/tickets/${on}/attachments`, { name: 'a.txt', bytes })
            .catch(() => undefined);
          if (answer?.status === 201) acknowledged.set(String(Object(await answer.json()).id), sha256(bytes));
          else refused += 1;
        }
      }
    });
    await sleep(1_500);
    instances[0]?.child.kill('SIGTERM');
    const ready = () => fetch(new URL('/readyz', urlAt(0)));
    await vi.waitFor(async () => expect(await answerOf(await ready())).toMatchObject(STOPPING), 3_000);
    await vi.waitFor(() => expect(ready()).rejects.toThrow('fetch failed'), 15_000);
    expect(instances[0]?.child.exitCode).toBeNull();
    expect(sha256(await restOf(slow))).toBe(sha256(large));
    expect((await instances[0]?.ended)?.code).toBe(0);
    await sleep(500);
    storming = false;
    await Promise.all(storm);

    const other = await person('agent', urlAt(1));
    expect(acknowledged.size).toBeGreaterThan(20);
    // Only what was on the one that ended, at that moment.
    expect(refused).toBeLessThan(12);
    const files = [...acknowledged];
    const look = async () => {
      for (let file = files.pop(); file; file = files.pop()) {
        expect(sha256(await judged(other, file[0]))).toBe(file[1]);
      }
    };
    await Promise.all(Array.from({ length: 8 }, look));
  }, 90_000);
});

/** A download whose first byte is here and whose rest waits. */
function begin(by: Client, id: string): Promise<IncomingMessage> {
  const headers = { authorization: `Bearer ${by.token}` };
  return new Promise((resolve, reject) => {
    get(`${by.url}/attachments/${id}/download`, { headers, agent: false }, resolve).on('error', reject);
  });
}

async function restOf(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return Buffer.concat(chunks);
}
