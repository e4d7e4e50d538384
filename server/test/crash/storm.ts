import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, idOf, type NamedBytes } from '../support/client.ts';
import { type Acknowledged, brokenPromises, halfWritten, sha256 } from './acknowledged.ts';
import { docket, type Environment, startServer } from './server-process.ts';

const CALM_LIMITS: Environment = {
  DOCKET_UPLOADS_PER_MINUTE: '100000',
  DOCKET_CONCURRENT_UPLOADS: '1000',
  DOCKET_MAX_FILES_PER_TICKET: '100000',
  DOCKET_MAX_TOTAL_SIZE_PER_TICKET: '1000GB',
};
const CLIENTS = 6;
const LARGEST = 3_000_000;

export interface StormReport {
  kills: number;
  acknowledged: number;
  /** Requests that a kill cut off: their outcome is open. */
  cut: number;
  broken: string[];
}

/**
 * Storms a server with uploads, claims and deletes and kills it, `kills` times, at random instants; after every
 * restart, and at the end, holds what it shows against what it has promised.
 */
export async function storm(dataDir: string, kills: number): Promise<StormReport> {
  const token = await agentToken(dataDir);
  const acknowledged: Acknowledged = new Map();
  const staged = new Set<string>();
  const tickets: string[] = [];
  const report: StormReport = { kills, acknowledged: 0, cut: 0, broken: [] };

  for (let kill = 0; kill < kills; kill++) {
    const server = await startServer(dataDir, CALM_LIMITS);
    const client = new Client(server.url, token, '');
    const before = new Map(acknowledged);
    report.broken.push(...(await clearStaged(client, staged)));
    if (tickets.length < 5) tickets.push(await client.openTicket());
    const clients = Array.from({ length: CLIENTS }, () =>
      weather(client, { tickets, acknowledged, staged }, report),
    );
    // What was promised before the last kill is checked while the next storm blows.
    report.broken.push(...(await brokenPromises(client, new Map([...before].slice(-100)))));
    await untilSomeInstant(acknowledged);
    await server.kill({ postgres: Math.random() < 0.5 });
    await Promise.all(clients);
  }

  const server = await startServer(dataDir, CALM_LIMITS);
  const client = new Client(server.url, token, '');
  report.broken.push(...(await brokenPromises(client, acknowledged)));
  for (const ticket of tickets) report.broken.push(...(await halfWritten(client, ticket)));
  await server.stop();
  report.acknowledged = acknowledged.size;
  return report;
}

async function agentToken(dataDir: string): Promise<string> {
  const email = 'storm@example.com';
  await docket(dataDir, {}, 'user', 'create', '--email', email, '--name', 'Storm', '--role', 'agent');
  return docket(dataDir, {}, 'token', 'create', '--email', email);
}

/** After any number of acknowledgements, and then anywhere within what comes next: as random on a slow machine as on a fast one. */
async function untilSomeInstant(acknowledged: Acknowledged): Promise<void> {
  const enough = acknowledged.size + Math.floor(Math.random() * 25);
  const deadline = Date.now() + 15_000;
  while (acknowledged.size < enough && Date.now() < deadline) await sleep(5);
  await sleep(Math.random() * 200);
}

interface Scene {
  tickets: string[];
  acknowledged: Acknowledged;
  /** Staged uploads that were acknowledged and that nobody has tried to claim. */
  staged: Set<string>;
}

/** What a kill left staged is all there; it makes room for more. */
async function clearStaged(client: Client, staged: Set<string>): Promise<string[]> {
  const { data } = (await (await client.get('/uploads?limit=100')).json()) as { data: { id: string }[] };
  const there = new Set(data.map(({ id }) => id));
  const lost = [...staged].filter((id) => !there.has(id));
  staged.clear();
  await Promise.all([...there].map((id) => client.send('DELETE', `/uploads/${id}`)));
  return lost.map((id) => `the staged upload ${id} is gone`);
}

/** One client, until its server is killed. */
async function weather(client: Client, scene: Scene, report: StormReport): Promise<void> {
  const acts = [attach, attach, claim, remove];
  try {
    for (;;) await pick(acts)(client, scene).catch(bearWithFull);
  } catch (error) {
    // Only a connection that broke may end the client.
    if (error instanceof Refused) report.broken.push(error.message);
    else report.cut += 1;
  }
}

async function attach(client: Client, { tickets, acknowledged }: Scene): Promise<void> {
  const file = someFile();
  const id = await created(client.upload(`/tickets/${pick(tickets)}/attachments`, file));
  acknowledged.set(id, { sha256: sha256(Buffer.from(file.bytes)) });
}

async function claim(client: Client, { tickets, acknowledged, staged }: Scene): Promise<void> {
  const files = [someFile(), someFile()];
  const uploads = await Promise.all(
    files.map(async (file) => {
      const id = await created(client.upload('/uploads', file));
      staged.add(id);
      return id;
    }),
  );
  for (const id of uploads) staged.delete(id);
  const response = await client.post(`/tickets/${pick(tickets)}/replies`, {
    body: 'here',
    upload_ids: uploads,
  });
  if (response.status !== 201) throw new Refused(`${response.status} ${await response.text()}`);
  const reply = (await response.json()) as { attachments: { id: string; sha256: string }[] };
  const promised = new Set(files.map((file) => sha256(Buffer.from(file.bytes))));
  for (const attachment of reply.attachments) {
    acknowledged.set(attachment.id, { sha256: attachment.sha256 });
    promised.delete(attachment.sha256);
  }
  if (promised.size > 0) throw new Refused('a reply without the files it claimed');
}

async function remove(client: Client, { acknowledged }: Scene): Promise<void> {
  const id = pick([...acknowledged.keys()]);
  const promised = id && acknowledged.get(id);
  if (!id || !promised || promised.deletion) return;
  promised.deletion = 'unknown';
  const response = await client.send('DELETE', `/attachments/${id}`);
  if (response.status !== 204) throw new Refused(`delete: ${response.status} ${await response.text()}`);
  promised.deletion = 'acknowledged';
}

class Refused extends Error {}

/** Uploads that a kill cut off hold their place among the staged ones for another half minute; anything else breaks a promise. */
function bearWithFull(error: unknown): void {
  if (!(error instanceof Refused && error.message.includes('staged_files_exceeded'))) throw error;
}

async function created(sent: Promise<Response>): Promise<string> {
  const response = await sent;
  if (response.status !== 201) throw new Refused(`${response.status} ${await response.text()}`);
  return idOf(await response.json());
}

/** Text of any length, most of it short. */
function someFile(): NamedBytes {
  const size = 1 + Math.floor(Math.random() ** 4 * LARGEST);
  const text = randomBytes(Math.ceil(size / 2))
    .toString('hex')
    .slice(0, size);
  return { name: `${text.slice(0, 12)}.txt`, bytes: Buffer.from(text) };
}

function pick<Item>(items: Item[]): Item {
  const item = items[Math.floor(Math.random() * items.length)];
  return item as Item;
}
