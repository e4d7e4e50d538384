import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { json } from '../support/answers.ts';
import { Client } from '../support/client.ts';
import { EICAR } from '../support/eicar.ts';
import { fakeClamd, scanning } from '../support/fake-clamd.ts';
import { docket, type Environment, startServer } from './server-process.ts';

/** Never answers while Docket is to be killed; afterwards it says of every file that it is clean, but of the worm. */
let isSlow = true;
let dataDir: string;
let clamd: Awaited<ReturnType<typeof fakeClamd>>;
let environment: Environment;
beforeAll(async () => {
  clamd = await fakeClamd(
    scanning((socket, heard) => {
      const answer = () => {
        if (socket.destroyed) return;
        if (isSlow || !heard.whole) return setTimeout(answer, 20);
        return socket.end(heard.bytes === EICAR.length ? 'stream: Worm FOUND\0' : 'stream: OK\0');
      };
      answer();
    }),
  );
  const { host, port } = clamd.address;
  environment = { CLAMD_HOST: host, CLAMD_PORT: String(port), DOCKET_CONCURRENT_UPLOADS: '20' };
  dataDir = await mkdtemp(join(tmpdir(), 'docket-scans-'));
});
afterAll(async () => {
  await clamd?.close();
  await rm(dataDir, { recursive: true, force: true });
});

const verdicts = async (client: Client, ids: string[]) =>
  Promise.all(
    ids.map(async (id) => {
      const file = await json<{ virus_scan_status: string }>(await client.get(`/attachments/${id}`));
      return file.virus_scan_status;
    }),
  );

test('a kill in the middle of scans loses none of them, and lets nothing out', async () => {
  const email = 'ann@example.org';
  await docket(
    dataDir,
    environment,
    'user',
    'create',
    '--email',
    email,
    '--name',
    'Ann',
    '--role',
    'customer',
  );
  const token = await docket(dataDir, environment, 'token', 'create', '--email', email, '--name', 'test');
  let server = await startServer(dataDir, environment);
  let client = new Client(server.url, token, '');
  const ticket = await client.openTicket();
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  const clean = await Promise.all(
    names.map((name) => client.attach(ticket, { name: `${name}.txt`, bytes: `${name} burns.\n` })),
  );
  const worm = await client.attach(ticket, { name: 'worm.txt', bytes: EICAR });
  await vi.waitFor(() => expect(clamd.heard.some(({ whole }) => whole)).toBe(true), { timeout: 10_000 });
  await server.kill({ postgres: true });

  isSlow = false;
  server = await startServer(dataDir, environment);
  client = new Client(server.url, token, '');
  const begun = Date.now();
  await vi.waitFor(
    async () => {
      expect(await verdicts(client, clean)).toEqual(names.map(() => 'clean'));
      expect(await verdicts(client, [worm])).toEqual(['quarantined']);
    },
    { timeout: 60_000, interval: 250 },
  );
  console.log(`scanned ${((Date.now() - begun) / 1000).toFixed(1)} s after the restart`);
  expect((await client.get(`/attachments/${worm}/download`)).status).toBe(403);
  await server.stop();
}, 120_000);
