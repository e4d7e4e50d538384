import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { BOUNDS, compose, type Desk } from '../../src/compose.ts';
import { type Config, parseConfig } from '../../src/config.ts';
import type { ConnectTo, Db } from '../../src/db/open.ts';
import type { Role } from '../../src/db/schema.ts';
import { buildApp } from '../../src/http/app.ts';
import type { Services } from '../../src/http/services.ts';
import { Client } from './client.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

export interface TestDesk {
  url: string;
  to: ConnectTo;
  db: Db;
  dataDir: string;
  services: Services;
  /** Lines of the log at warn and above, parsed. */
  log: Record<string, unknown>[];
  /** Somebody new with this role, signed in by token. */
  person(role: Role, name?: string): Promise<Client>;
  /** Nobody. */
  anonymous: Client;
  close(): Promise<void>;
}

export interface DeskOptions {
  config?: Partial<Config>;
  services?: Partial<Services>;
  bounds?: Partial<typeof BOUNDS>;
  /** Background work too. */
  working?: boolean;
  /** Another instance on the same database and data folder; to be closed first. */
  beside?: TestDesk;
  /** One that is there already; otherwise one of its own. */
  database?: TestDatabase;
}

/** A whole desk on a socket: its own database, its own data folder, nothing faked. */
export async function openTestDesk({
  config,
  services,
  bounds,
  working,
  beside,
  ...given
}: DeskOptions = {}): Promise<TestDesk> {
  const database = beside
    ? { to: beside.to, drop: async () => {} }
    : (given.database ?? (await createTestDatabase()));
  const dataDir = beside?.dataDir ?? config?.dataDir ?? (await mkdtemp(join(tmpdir(), 'docket-desk-')));
  const log: Record<string, unknown>[] = [];
  const logger = pino({ level: 'warn' }, { write: (line: string) => void log.push(JSON.parse(line)) });
  const desk: Desk = await compose(
    { ...parseConfig({ DOCKET_DATA_DIR: dataDir }), uploadsPerMinute: 10_000, ...config },
    database.to,
    logger,
    { ...BOUNDS, ...bounds },
  );
  const used = { ...desk.services, ...services };
  const app = await buildApp(used, logger);
  await app.listen({ host: '127.0.0.1', port: 0 });
  if (working) await desk.work();
  const address = app.server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening on a port');
  const url = `http://127.0.0.1:${address.port}`;

  return {
    url,
    to: database.to,
    db: desk.services.db,
    dataDir,
    services: used,
    log,
    anonymous: new Client(url, undefined, ''),
    async person(role, name = `${role} ${randomUUID().slice(0, 8)}`) {
      const { id } = await desk.services.accounts.people.create({
        // Without a password, whose hash takes its time: a token is enough.
        ...{ name, role, email: `${randomUUID()}@example.com` },
      });
      const { token } = await desk.services.accounts.tokens.create(id, 'test');
      return new Client(url, token, id);
    },
    async close() {
      // A connection whose answer has just been read is not idle yet when the server begins to close.
      const looking = setInterval(() => app.server.closeIdleConnections(), 50);
      await app.close();
      clearInterval(looking);
      await desk.close();
      await database.drop();
      if (!beside) await rm(dataDir, { recursive: true, force: true });
    },
  };
}
