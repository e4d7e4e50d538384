import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Browser, PASSWORD } from '../support/browser.ts';
import { Client } from '../support/client.ts';
import { type Environment, serve } from '../support/docket.ts';

/** Limits that no drill meets by accident. */
const CALM: Environment = {
  DOCKET_UPLOADS_PER_MINUTE: '100000',
  DOCKET_CONCURRENT_UPLOADS: '1000',
  DOCKET_MAX_FILES_PER_TICKET: '100000',
  DOCKET_MAX_TOTAL_SIZE_PER_TICKET: '1000GB',
};
const ADMIN = { DOCKET_ADMIN_EMAIL: 'ann@example.org', DOCKET_ADMIN_PASSWORD: PASSWORD };

/** `docket serve` with its PostgreSQL, as an operator has them, to be looked at from outside. */
export interface LiveDesk {
  url: string;
  pid: number;
  dataDir: string;
  environment: Environment;
  /** Somebody new who may open tickets, signed in by token. */
  person(): Promise<Client>;
  /** Whether the process is still there. */
  isUp(): boolean;
  /** What it said on standard error and in its log. */
  said(): string;
  /** Ends it as an operator does, and removes its folder when that is its own. */
  close(): Promise<void>;
}

export async function openLiveDesk(more: Environment = {}, folder?: string): Promise<LiveDesk> {
  const dataDir = folder ?? (await mkdtemp(join(tmpdir(), 'docket-drill-')));
  const environment = { DOCKET_DATA_DIR: dataDir, ...CALM, ...ADMIN, ...more };
  const server = await serve(environment);
  const { pid } = server.child;
  if (pid === undefined) throw new Error('a process without a pid');
  let people = 0;

  return {
    ...{ url: server.url, pid, dataDir, environment },
    async person() {
      people += 1;
      const browser = new Browser(server.url);
      const email = `person-${people}@example.org`;
      const signUp = () => browser.post('/auth/sign-up/email', { name: email, email, password: PASSWORD });
      let signedUp = await signUp();
      while (signedUp.json.code === 'sign_up_closed') {
        await sleep(200); // the desk is ready a moment before its administrator is
        signedUp = await signUp();
      }
      const made = await browser.post('/tokens', { name: 'drill' });
      if (made.status !== 201) throw new Error(`no token: ${JSON.stringify(made.json)}`);
      return new Client(server.url, made.json.token, signedUp.json.user.id);
    },
    isUp: () => server.child.exitCode === null && server.child.signalCode === null,
    said: () => server.stdout() + server.stderr(),
    async close() {
      server.child.kill('SIGTERM');
      await server.ended;
      if (folder === undefined) await rm(dataDir, { recursive: true, force: true });
    },
  };
}
