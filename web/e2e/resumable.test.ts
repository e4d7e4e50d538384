import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { type Desk, download, expect, filesOf, PASSWORD, test } from './desk.ts';

const MB = 1024 * 1024;
const NAME = 'recording.csv';

let folder: string;
let path: string;
let bytes: Buffer;

test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'docket-resumable-'));
  path = join(folder, NAME);
  bytes = Buffer.from(randomBytes(9 * MB).toString('hex'));
  await writeFile(path, bytes);
});
test.afterAll(() => rm(folder, { recursive: true, force: true }));

const row = (page: Page) =>
  page.getByRole('list', { name: 'Chosen files' }).getByRole('listitem', { name: NAME });
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

/** A ticket of one's own, on the screen; made without it, since it is not what is tried here. */
async function openTicket(page: Page, { url }: Desk, subject: string): Promise<void> {
  const ticket = await post(page, url, '/tickets', { subject, description: 'See the file.' });
  await page.goto(`/tickets/${ticket.id}`);
  await expect(page.getByRole('heading', { level: 1, name: subject })).toBeVisible();
}

async function post(page: Page, url: string, path: string, data: unknown): Promise<{ id: string }> {
  const answer = await page.request.post(`/api/v1${path}`, { data, headers: { origin: url } });
  expect(answer.ok(), await answer.text()).toBe(true);
  return answer.json();
}

/** Chooses the file in the Files panel. */
async function attach(page: Page): Promise<void> {
  const inputs = page.locator('input[type=file]');
  await inputs.first().setInputFiles(path);
  await expect(row(page)).toBeVisible();
}

/** Slows what leaves the page, so that there is a middle. */
async function slow(page: Page, bytesPerSecond: number): Promise<() => Promise<void>> {
  const session = await page.context().newCDPSession(page);
  const throttle = async (uploadThroughput: number) => {
    const conditions = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput };
    await session.send('Network.emulateNetworkConditions', conditions);
  };
  await throttle(bytesPerSecond);
  return () => throttle(-1);
}

/** Waits until some of the file is on the server and some is not. */
async function untilInTheMiddle(page: Page): Promise<void> {
  await expect(async () => {
    const value = Number(await row(page).getByRole('progressbar').getAttribute('value'));
    expect(value).toBeGreaterThan(8.5 * MB);
    expect(value).toBeLessThan(bytes.length);
  }).toPass({ intervals: [50], timeout: 20_000 });
}

/** The one file on the ticket, byte for byte. */
async function expectWhole(page: Page): Promise<void> {
  const files = filesOf(page).getByRole('listitem');
  await expect(files).toHaveCount(1, { timeout: 30_000 });
  await expect(row(page)).toHaveCount(0);
  const saved = await download(page, page.getByRole('link', { name: `Download ${NAME}` }));
  expect(sha256(await readFile(saved))).toBe(sha256(bytes));
}

function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

async function arriveAt(page: Page, desk: Desk, subject: string): Promise<void> {
  const { email } = await desk.hire('Mara Lindqvist', 'customer');
  await post(page, desk.url, '/auth/sign-in/email', { email, password: PASSWORD });
  await openTicket(page, desk, subject);
}

test('a large file stops when it is paused, and goes on from there', async ({ page, desk }) => {
  await arriveAt(page, desk, 'Paused');
  const sent: string[] = [];
  page.on('request', (request) => {
    if (request.url().includes('/uploads/tus')) sent.push(request.method());
  });
  const fast = await slow(page, 16 * MB);
  await attach(page);
  await untilInTheMiddle(page);
  await button(page, `Pause upload of ${NAME}`).click();
  await expect(row(page)).toContainText(/Paused · \d+(\.\d)? MB of 18 MB/);
  await expect(button(page, `Resume upload of ${NAME}`)).toBeFocused();
  const before = sent.length;
  await page.waitForTimeout(500);
  expect(sent.length).toBe(before);
  await fast();
  await button(page, `Resume upload of ${NAME}`).click();
  await expectWhole(page);
  expect(sent.filter((method) => method === 'POST')).toHaveLength(1);
});

test('a cancelled file is gone from the server', async ({ page, desk }) => {
  await arriveAt(page, desk, 'Cancelled');
  await slow(page, 16 * MB);
  await attach(page);
  await untilInTheMiddle(page);
  const ended = page.waitForResponse((response) => response.request().method() === 'DELETE');
  await button(page, `Cancel upload of ${NAME}`).click();
  const answer = await ended;
  expect(answer.status()).toBe(204);
  const record = await page.request.get(answer.url().replace('/tus', ''));
  expect(await record.json()).toMatchObject({ code: 'upload_not_found' });
});

test('a server that is killed in the middle gets the rest after its restart', async ({ page, desk }) => {
  await arriveAt(page, desk, 'Killed');
  const fast = await slow(page, 16 * MB);
  await attach(page);
  await untilInTheMiddle(page);
  await desk.crash();
  await expect(page.getByText(/The connection was lost/)).toBeVisible();
  await desk.restart();
  await fast();
  await expectWhole(page);
});

test('a line that is gone for a while is waited for', async ({ page, desk }) => {
  await arriveAt(page, desk, 'Offline');
  await slow(page, 16 * MB);
  await attach(page);
  await untilInTheMiddle(page);
  await page.context().setOffline(true);
  await expect(page.getByText(/You are offline/)).toBeVisible();
  await page.waitForTimeout(500);
  await page.context().setOffline(false);
  await expectWhole(page);
});

test('after a reload in the middle it goes on by itself, without a question', async ({ page, desk }) => {
  await arriveAt(page, desk, 'Reloaded');
  const asked: string[] = [];
  page.on('dialog', (dialog) => void dialog.accept().then(() => asked.push(dialog.type())));
  await slow(page, 16 * MB);
  await attach(page);
  await untilInTheMiddle(page);
  const begun = page.waitForRequest((request) => request.method() === 'HEAD');
  await page.reload();
  await begun;
  await expectWhole(page);
  expect(asked).toEqual([]);
});

test('a file the browser could not keep is asked for again, and no other is taken for it', async ({
  page,
  desk,
}) => {
  await page.addInitScript(() => {
    StorageManager.prototype.estimate = async () => ({ quota: 1, usage: 1 });
  });
  await arriveAt(page, desk, 'Not kept');
  await slow(page, 16 * MB);
  await attach(page);
  await expect(page.getByText(/^This browser has no room to keep/).first()).toBeVisible();
  await untilInTheMiddle(page);
  const question = page.waitForEvent('dialog').then((dialog) => dialog.accept());
  await page.reload();
  await question;
  await expect(row(page)).toContainText('Choose the file again');
  const chooseAgain = async (file: string) => {
    const chooser = page.waitForEvent('filechooser');
    await button(page, `Choose the file again: ${NAME}`).click();
    await (await chooser).setFiles(file);
  };
  const other = join(folder, 'other.csv');
  await writeFile(other, 'another');
  await chooseAgain(other);
  await expect(row(page)).toContainText('other.csv is not the same file');
  await chooseAgain(path);
  await expectWhole(page);
});

test('two tabs that send the same file to two tickets do not mix', async ({ page, desk }) => {
  await arriveAt(page, desk, 'One');
  const other = await page.context().newPage();
  await openTicket(other, desk, 'Other');
  const pages = [page, other];
  for (const one of pages) await slow(one, 16 * MB);
  await Promise.all(pages.map(attach));
  await Promise.all(pages.map(untilInTheMiddle));
  await other.reload();
  for (const one of pages) await expectWhole(one);
  const attached = await Promise.all(
    pages.map((one) => filesOf(one).getByRole('link').first().getAttribute('href')),
  );
  expect(new Set(attached).size).toBe(2);
});
