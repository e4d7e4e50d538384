import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from '@playwright/test';
import { CHROMIUM_ARGS, findChromium } from '../../scripts/chromium.ts';
import { download, expect, filesOf, signIn, test } from './desk.ts';

const MB = 1024 * 1024;
const NAME = 'recording.csv';

let folder: string;
test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'docket-crash-'));
});
test.afterAll(() => rm(folder, { recursive: true, force: true }));

/** A browser with a profile that outlives it. */
function start(profile: string, baseURL: string): Promise<BrowserContext> {
  const executablePath = findChromium();
  return chromium.launchPersistentContext(profile, {
    ...{ baseURL, args: CHROMIUM_ARGS, viewport: { width: 1280, height: 800 }, locale: 'en-GB' },
    ...(executablePath && { executablePath }),
  });
}

/** SIGKILL to all of its processes, as when the machine runs out of memory. */
async function kill(profile: string): Promise<void> {
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (command.includes(profile)) process.kill(Number(pid), 'SIGKILL');
  }
}

const row = (page: Page) =>
  page.getByRole('list', { name: 'Chosen files' }).getByRole('listitem', { name: NAME });

test('a browser that crashes in the middle of an upload goes on with it when it is back', async ({
  desk,
}) => {
  const profile = join(folder, 'profile');
  const path = join(folder, NAME);
  const bytes = Buffer.from(randomBytes(9 * MB).toString('hex'));
  await writeFile(path, bytes);
  const mara = await desk.hire('Mara Lindqvist', 'customer');
  const headers = { origin: desk.url };

  const first = await start(profile, desk.url);
  const page = await first.newPage();
  await signIn(page, mara);
  const data = { subject: 'Crashed', description: 'See the file.' };
  const ticket = await (await page.request.post('/api/v1/tickets', { data, headers })).json();
  await page.goto(`/tickets/${ticket.id}`);
  const throttle = await first.newCDPSession(page);
  await throttle.send('Network.emulateNetworkConditions', {
    ...{ offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 8 * MB },
  });
  await page.locator('input[type=file]').first().setInputFiles(path);
  await expect(async () => {
    const value = Number(await row(page).getByRole('progressbar').getAttribute('value'));
    expect(value).toBeGreaterThan(8.5 * MB);
  }).toPass({ intervals: [50], timeout: 20_000 });
  await kill(profile);

  const second = await start(profile, desk.url);
  try {
    const again = await second.newPage();
    const asked = again.waitForRequest((request) => request.method() === 'HEAD');
    await again.goto(`/tickets/${ticket.id}`);
    // A browser writes its cookies down some seconds later: Mara may have to sign in again.
    const heading = again.getByRole('heading', { level: 1 });
    await expect(heading).toBeVisible();
    if (new URL(again.url()).pathname === '/sign-in') await signIn(again, mara);
    await asked; // how far it is, and not: from the beginning
    await expect(filesOf(again).getByRole('listitem')).toHaveCount(1, { timeout: 30_000 });
    const saved = await download(again, again.getByRole('link', { name: `Download ${NAME}` }));
    expect((await readFile(saved)).equals(bytes)).toBe(true);
  } finally {
    await second.close();
  }
});
