import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, expect, type Page } from '@playwright/test';
import { docket, serve } from '../../server/test/support/docket.ts';

export const PASSWORD = 'correct horse battery';
const ADMIN = { email: 'helen@example.com', password: PASSWORD };

/** A running Docket of the test's own. */
export interface Desk {
  url: string;
  /** Makes an account; the address is the first name at example.com. */
  hire(name: string, role: 'customer' | 'agent' | 'admin'): Promise<Person>;
}

export interface Person {
  id: string;
  name: string;
  email: string;
}

interface Worker {
  desk: Desk;
}

export const test = base.extend<{ strict: undefined }, Worker>({
  desk: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads what a fixture needs from here
    async ({}, use) => {
      const folder = await mkdtemp(join(tmpdir(), 'docket-e2e-'));
      const env = {
        DOCKET_DATA_DIR: folder,
        DOCKET_UPLOADS_PER_MINUTE: '1000',
        DOCKET_MAX_FILES_PER_TICKET: '200',
      };
      const server = await serve(env);
      try {
        const helen = ['--email', ADMIN.email, '--name', 'Helen Okafor', '--role', 'admin'];
        await docket(['user', 'create', ...helen, '--password-stdin'], env, `${ADMIN.password}\n`);
        await use(await openDesk(server.url));
      } finally {
        server.child.kill('SIGTERM');
        await server.ended;
        await rm(folder, { recursive: true, force: true });
      }
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  baseURL: async ({ desk }, use) => use(desk.url),
  // No page may do what its policy forbids, nor throw.
  strict: [
    async ({ page }, use) => {
      const wrong: string[] = [];
      page.on('pageerror', (error) => wrong.push(error.message));
      page.on('console', (message) => {
        if (/Content Security Policy/i.test(message.text())) wrong.push(message.text());
      });
      await use(undefined);
      expect(wrong).toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };

async function openDesk(url: string): Promise<Desk> {
  const ask = async (path: string, body: unknown, cookie = '') => {
    const answer = await fetch(`${url}/api/v1${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: url, cookie },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  };
  const signedIn = await ask('/auth/sign-in/email', ADMIN);
  const cookie = signedIn.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  return {
    url,
    async hire(name, role) {
      const email = `${name.split(' ')[0]?.toLowerCase()}-${crypto.randomUUID().slice(0, 8)}@example.com`;
      const made = await ask('/users', { name, email, role, password: PASSWORD }, cookie);
      const { id } = (await made.json()) as { id: string };
      return { id, name, email };
    },
  };
}

/** Signs in by the screen, wherever it stands; resolves when the page behind it is there. */
export async function signIn(page: Page, { email }: Person): Promise<void> {
  if (page.url() === 'about:blank') await page.goto('/sign-in');
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
}
