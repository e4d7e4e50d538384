import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, test as base, expect, type Locator, type Page } from '@playwright/test';
import { docket, serve } from '../../server/test/support/docket.ts';
import { fakeClamd, findingBySize } from '../../server/test/support/fake-clamd.ts';

export const PASSWORD = 'correct horse battery';
const ADMIN = { email: 'helen@example.com', password: PASSWORD };

/** A running Docket of the test's own. */
export interface Desk {
  url: string;
  /** Makes an account; the address is the first name at example.com. */
  hire(name: string, role: 'customer' | 'agent' | 'admin'): Promise<Person>;
  /** SIGKILL, as when the power goes. */
  crash(): Promise<void>;
  /** At the same address, after a crash. */
  restart(): Promise<void>;
}

export interface Person {
  id: string;
  name: string;
  email: string;
}

interface Worker {
  desk: Desk;
  /** What a scanner finds, by the size of a file in bytes; null where there is no scanner. */
  signatures: Record<number, string> | null;
}

interface Journey {
  covered: undefined;
  /** What pages did against their policy, or threw; the test fails when anything is left in it. */
  breaches: string[];
  /** Opens a browser of somebody else's, watched alike. */
  arrive(): Promise<Page>;
}

export const test = base.extend<Journey, Worker>({
  signatures: [null, { scope: 'worker', option: true }],
  desk: [
    async ({ signatures }, use) => {
      const clamd = signatures && (await fakeClamd(findingBySize(signatures)));
      const folder = await mkdtemp(join(tmpdir(), 'docket-e2e-'));
      const env = {
        DOCKET_DATA_DIR: folder,
        DOCKET_UPLOADS_PER_MINUTE: '1000',
        DOCKET_MAX_FILES_PER_TICKET: '200',
        ...(clamd && { CLAMD_HOST: clamd.address.host, CLAMD_PORT: String(clamd.address.port) }),
      };
      let server = await serve(env);
      try {
        const helen = ['--email', ADMIN.email, '--name', 'Helen Okafor', '--role', 'admin'];
        await docket(['user', 'create', ...helen, '--password-stdin'], env, `${ADMIN.password}\n`);
        await use({
          ...(await openDesk(server.url)),
          async crash() {
            server.child.kill('SIGKILL');
            await server.ended;
          },
          async restart() {
            server = await serve({ ...env, PORT: new URL(server.url).port });
          },
        });
      } finally {
        server.child.kill('SIGTERM');
        await server.ended;
        await clamd?.close();
        await rm(folder, { recursive: true, force: true });
      }
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  baseURL: async ({ desk }, use) => use(desk.url),
  covered: [
    async ({ page }, use, { testId }) => {
      const write = await cover(page, testId);
      await use(undefined);
      await write();
    },
    { auto: true },
  ],
  breaches: [
    async ({ context }, use) => {
      const breaches: string[] = [];
      await watch(context, breaches);
      await use(breaches);
      expect(breaches, 'against the policy, or thrown').toEqual([]);
    },
    { auto: true },
  ],
  arrive: async ({ browser, breaches, desk }, use, { testId }) => {
    const contexts: BrowserContext[] = [];
    const writes: (() => Promise<void>)[] = [];
    await use(async () => {
      const context = await browser.newContext({
        ...{ baseURL: desk.url, viewport: { width: 1280, height: 800 }, locale: 'en-GB', timezoneId: 'UTC' },
      });
      contexts.push(context);
      await watch(context, breaches);
      const page = await context.newPage();
      writes.push(await cover(page, `${testId}-${contexts.length}`));
      return page;
    });
    for (const write of writes) await write();
    for (const context of contexts) await context.close();
  },
});

/** What of the app's scripts runs on a page, for scripts/coverage.ts, where it is asked for; resolves to what writes it down. */
async function cover(page: Page, name: string): Promise<() => Promise<void>> {
  const folder = process.env.DOCKET_TEST_COVERAGE;
  if (!folder) return async () => {};
  const profiler = await page.context().newCDPSession(page);
  await profiler.send('Profiler.enable');
  // Whether it ran, not how often: to count, the browser would leave all scripts unoptimised, axe among them.
  await profiler.send('Profiler.startPreciseCoverage', { callCount: false, detailed: true });
  return async () => {
    const { result } = await profiler.send('Profiler.takePreciseCoverage');
    const scripts = result
      .filter(({ url }) => url.includes('/assets/'))
      .map(({ url, functions }) => ({ file: url.split('/').at(-1), functions }));
    await writeFile(join(folder, `${name}.json`), JSON.stringify(scripts));
  };
}

/** Hears of what the browser refuses a page by its Content-Security-Policy, and of what nobody caught. */
async function watch(context: BrowserContext, breaches: string[]): Promise<void> {
  context.on('weberror', (error) => breaches.push(error.error().message));
  context.on('console', (message) => {
    if (/Content Security Policy/i.test(message.text())) breaches.push(message.text());
  });
  await context.exposeFunction('tellBreach', (breach: string) => breaches.push(breach));
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      const { violatedDirective, blockedURI, sourceFile, lineNumber } = event;
      Reflect.get(window, 'tellBreach')(`${violatedDirective}: ${blockedURI} at ${sourceFile}:${lineNumber}`);
    });
  });
}

export { expect };

async function openDesk(url: string): Promise<Pick<Desk, 'url' | 'hire'>> {
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

/** Presses Tab, as often as it takes, until `target` has focus. */
export async function tabTo(page: Page, target: Locator): Promise<void> {
  await target.waitFor();
  for (let presses = 0; presses < 80; presses += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not lead to ${target}`);
}

/** The Files panel's list, of every file of the ticket. */
export const filesOf = (page: Page): Locator => page.getByRole('list', { name: 'Files', exact: true });

/** Saves what a click downloads, and resolves to where. */
export async function download(page: Page, target: Locator): Promise<string> {
  const [started] = await Promise.all([page.waitForEvent('download'), target.click()]);
  return started.path();
}
