/**
 * Pictures of every screen with the demo's people and tickets, in three widths and both themes, into docs/screens.
 * `npm run screenshots -- --into /tmp/screens tickets ticket` takes those screens only, to somewhere else.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type BrowserContext, chromium, type Page } from 'playwright';
import { docket, serve } from '../server/test/support/docket.ts';
import { zipOf } from '../server/test/support/eicar.ts';
import { fakeClamd, findingBySize } from '../server/test/support/fake-clamd.ts';
import { CHROMIUM_ARGS, findChromium } from './chromium.ts';

const SIZES = [
  { width: 320, height: 640 },
  { width: 768, height: 1024 },
  { width: 1440, height: 900 },
];
const THEMES = ['light', 'dark'] as const;

interface Screen {
  as?: 'mara' | 'jonas' | 'priya' | 'helen';
  path: string;
  /** What is done on the page before the picture is taken. */
  act?(page: Page): Promise<void>;
}

const openTicket = (subject: RegExp) => async (page: Page) => {
  await page.getByRole('link', { name: subject }).click();
  await page.getByRole('heading', { level: 1, name: subject }).waitFor();
  await page.waitForLoadState('networkidle');
};

/** A ticket that is being written, with files that are there and one that is refused. */
async function writeTicket(page: Page): Promise<void> {
  await page.getByLabel('Subject').fill('The label printer prints every second label blank');
  await page.getByLabel('What is it about?').fill('Since this morning. The log and the counts are below.');
  const line = '2026-11-20 08:14:02 feeder: gap not found, label skipped\n';
  await page.locator('input[type=file]').setInputFiles([
    { name: 'printer-2026-11-20.txt', mimeType: 'text/plain', buffer: Buffer.from(line.repeat(4000)) },
    { name: 'labels.csv', mimeType: 'text/csv', buffer: Buffer.from('batch;printed;blank\n4711;200;100\n') },
    { name: 'driver-setup.exe', mimeType: 'application/octet-stream', buffer: Buffer.from('MZ') },
  ]);
  await page.getByText('Scanned', { exact: true }).nth(1).waitFor();
}

/** A ticket whose customer has deleted two files; they stay so from the first picture to the last. */
async function lookForDeleted(page: Page): Promise<void> {
  await openTicket(/Delivery 4711/)(page);
  const rail = page.locator('details', { hasText: 'Attach files' });
  if ((await rail.getAttribute('open')) === null) await rail.locator('summary').first().click();
  await page.getByRole('list', { name: 'Files', exact: true }).waitFor();
  const deleted = page.locator('summary', { hasText: 'Deleted files' });
  if ((await deleted.count()) === 0) {
    for (const name of ['parcel-front.jpg', 'parcel-corner.jpg']) {
      await page.getByRole('button', { name: `Delete ${name}` }).click();
      await page.getByText(`${name} deleted`).waitFor();
    }
    await page.goto('/tickets', { waitUntil: 'networkidle' });
    return lookForDeleted(page);
  }
  await deleted.click();
  await page.waitForLoadState('networkidle');
  await page.getByRole('list', { name: 'Deleted files' }).scrollIntoViewIfNeeded();
}

/** What the scanner of the pictures finds in them. */
const BLOCKED = [
  {
    name: 'statements-2026-q3.zip',
    content: zipOf([['statements.pdf', 'a'.repeat(700)]], 0),
    found: 'Heuristics.Encrypted.Zip',
  },
  {
    name: 'payment-reminder.zip',
    content: zipOf([['reminder.pdf', 'b'.repeat(900)]], 0),
    found: 'Win.Downloader.Upatre-5744090-0',
  },
];

/** A ticket with two blocked files and one that is well; resolves once all have been scanned. */
async function sendBlocked(): Promise<void> {
  const context = await browser.newContext({ baseURL: server.url, storageState: await signIn('jonas') });
  const headers = { origin: server.url };
  const data = {
    subject: 'Documents for the audit',
    description:
      'Here is what your auditor asked for. The statements have the password I told you on the phone. The reminder came by e-mail; is it from you?',
  };
  const made = await context.request.post('/api/v1/tickets', { headers, data });
  const { id } = (await made.json()) as { id: string };
  const well = { name: 'list-of-assets.csv', content: Buffer.from('number;name\n1;Lens tester\n') };
  for (const { name, content: buffer } of [well, ...BLOCKED]) {
    const file = { name, mimeType: 'application/octet-stream', buffer };
    await context.request.post(`/api/v1/tickets/${id}/attachments`, { headers, multipart: { file } });
  }
  for (let pending = true; pending; ) {
    const answer = await context.request.get(`/api/v1/tickets/${id}/attachments?virus_scan_status=pending`);
    pending = ((await answer.json()) as { total: number }).total > 0;
  }
  await context.close();
}

const openBlocked = async (page: Page) => {
  await openTicket(/Documents for the audit/)(page);
  await page
    .getByRole('region', { name: 'Conversation' })
    .getByText('Blocked', { exact: true })
    .first()
    .waitFor();
};

const askToRelease = async (page: Page) => {
  await page.getByRole('button', { name: 'Release statements-2026-q3.zip' }).click();
  await page.getByRole('dialog').waitFor();
};

const SCREENS: Record<string, Screen> = {
  'sign-in': { path: '/sign-in' },
  'sign-in-refused': {
    path: '/sign-in',
    act: (page) => page.getByRole('button', { name: 'Sign in' }).click(),
  },
  'sign-up': { path: '/sign-up' },
  'link-invalid': { path: '/setup?token=wrong' },
  'tickets-customer': { as: 'mara', path: '/tickets' },
  'tickets-agent': { as: 'priya', path: '/tickets?view=open' },
  'tickets-empty': { as: 'priya', path: '/tickets?view=open&q=nothing+like+this' },
  'ticket-customer': { as: 'mara', path: '/tickets', act: openTicket(/Reports were down/) },
  'ticket-agent': {
    as: 'priya',
    path: '/tickets?status=any&view=open',
    act: openTicket(/Reports were down/),
  },
  'ticket-photos': { as: 'priya', path: '/tickets?view=open', act: openTicket(/Delivery 4711/) },
  lightbox: {
    as: 'priya',
    path: '/tickets?view=open',
    act: async (page) => {
      await openTicket(/Delivery 4711/)(page);
      await page
        .getByRole('region', { name: 'Conversation' })
        .getByRole('button', { name: /jpe?g/i })
        .first()
        .click();
      await page.getByRole('dialog').waitFor();
      await page.waitForLoadState('networkidle');
    },
  },
  'ticket-blocked': { as: 'helen', path: '/tickets?view=open', act: openBlocked },
  'ticket-blocked-customer': { as: 'jonas', path: '/tickets', act: openBlocked },
  'blocked-files': { as: 'helen', path: '/blocked' },
  'blocked-release': { as: 'priya', path: '/blocked', act: askToRelease },
  'files-deleted': { as: 'jonas', path: '/tickets', act: lookForDeleted },
  'new-ticket': { as: 'mara', path: '/tickets/new' },
  'new-ticket-files': { as: 'mara', path: '/tickets/new', act: writeTicket },
  account: { as: 'mara', path: '/account' },
  people: { as: 'helen', path: '/admin/people' },
  storage: { as: 'helen', path: '/admin/storage' },
};

const { values, positionals } = parseArgs({
  options: { into: { type: 'string', default: 'docs/screens' } },
  allowPositionals: true,
});
const chosen = Object.entries(SCREENS).filter(
  ([name]) => positionals.length === 0 || positionals.includes(name),
);
const executablePath = findChromium();
if (!executablePath) process.exit(1);

const dataDir = await mkdtemp(join(tmpdir(), 'docket-screens-'));
const clamd = await fakeClamd(
  findingBySize(Object.fromEntries(BLOCKED.map(({ content, found }) => [content.length, found]))),
);
const { host, port } = clamd.address;
const env = {
  ...{ DOCKET_DATA_DIR: dataDir, CLAMD_HOST: host, CLAMD_PORT: String(port) },
  DOCKET_UPLOADS_PER_MINUTE: '100', // pictures are taken faster than anybody writes tickets
};
const { stdout } = await docket(['demo', '--json'], env);
const demo: { password: string } = JSON.parse(stdout);
const server = await serve(env);
const browser = await chromium.launch({ executablePath, args: CHROMIUM_ARGS });
try {
  await mkdir(values.into, { recursive: true });
  await sendBlocked();
  const states = new Map<string, SignedIn>();
  for (const [name, screen] of chosen) {
    const { as } = screen;
    if (as && !states.has(as)) states.set(as, await signIn(as));
    for (const size of SIZES) {
      for (const theme of THEMES) await take(name, screen, size, theme, as && states.get(as));
    }
  }
} finally {
  await browser.close();
  server.child.kill('SIGTERM');
  await server.ended;
  await clamd.close();
  await rm(dataDir, { recursive: true, force: true });
}

type SignedIn = Awaited<ReturnType<BrowserContext['storageState']>>;

async function take(
  name: string,
  { path, act }: Screen,
  viewport: { width: number; height: number },
  colorScheme: 'light' | 'dark',
  storageState: SignedIn | undefined,
): Promise<void> {
  const context = await browser.newContext({
    ...{ baseURL: server.url, viewport, colorScheme, reducedMotion: 'reduce', locale: 'en-GB' },
    ...(storageState && { storageState }),
  });
  const page = await context.newPage();
  await page.goto(path, { waitUntil: 'networkidle' });
  await act?.(page);
  await page.waitForTimeout(150);
  await page.screenshot({ path: join(values.into, `${name}-${viewport.width}-${colorScheme}.png`) });
  await context.close();
}

async function signIn(who: string): Promise<SignedIn> {
  const page = await browser.newPage({ baseURL: server.url });
  await page.goto('/sign-in');
  await page.getByLabel('E-mail address').fill(`${who}@example.com`);
  await page.getByLabel('Password', { exact: true }).fill(demo.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL('**/tickets**');
  const state = await page.context().storageState();
  await page.close();
  return state;
}
