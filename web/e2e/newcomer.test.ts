import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { Locator, Page } from '@playwright/test';
import { CHROMIUM_ARGS, findWholeBrowser } from '../../scripts/chromium.ts';
import { pdf } from '../../server/src/helpdesk/demo/pdf.ts';
import { download, expect, filesOf, PASSWORD, signIn, test } from './desk.ts';

const LARGE = 40_000_000;
const ANSWER = pdf([{ text: 'Update the driver.', left: 60, bottom: 770, size: 18 }]);

test.setTimeout(120_000);
const executablePath = findWholeBrowser();
test.use({ launchOptions: { ...(executablePath && { executablePath }), args: CHROMIUM_ARGS } });

/** All that somebody does who follows nothing but what the screens say. */
test('a newcomer shows what is wrong, an agent answers, and both open every file', async ({
  page,
  desk,
  arrive,
}, info) => {
  const log = info.outputPath('server.txt');
  await writeFile(log, '2026-11-20 08:14:02 feeder: gap not found\n'.repeat(LARGE / 41).slice(0, LARGE));

  await page.goto('/');
  await page.getByRole('link', { name: 'Sign up' }).click();
  await page.getByLabel('Your name').fill('Noor Haddad');
  await page.getByLabel('E-mail address').fill(`noor-${Date.now()}@example.com`);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.getByRole('link', { name: 'New ticket' }).first().click();
  await page.getByLabel('Subject').fill('Labels come out blank');
  await page.getByLabel('What is it about?').fill('Here is what I see.');
  await copy(page, await page.screenshot());
  await page.keyboard.press('ControlOrMeta+v');
  const chosen = page.getByRole('list', { name: 'Chosen files' });
  await expect(chosen.getByRole('listitem', { name: /^Screenshot \d{4}-\d\d-\d\d .*\.png$/ })).toBeVisible();
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Attach files' }).click();
  await (await chooser).setFiles(log);
  await page.getByRole('button', { name: 'Create ticket' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Labels come out blank' })).toBeVisible();
  await expect(filesOf(page).getByRole('listitem')).toHaveCount(2);

  const agent = await arrive();
  await agent.goto('/');
  await signIn(agent, await desk.hire('Priya Nair', 'agent'));
  await agent.getByRole('link', { name: 'Labels come out blank' }).click();
  await openImage(agent, /^Screenshot/);
  await openText(agent, 'server.txt', 'feeder: gap not found');
  const saved = await download(agent, filesOf(agent).getByRole('link', { name: 'Download server.txt' }));
  expect(await sha256(saved)).toBe(await sha256(log));
  await agent.getByLabel('Your reply').fill('The way out is in the document.');
  const reply = agent.getByRole('region', { name: 'Reply' });
  const agentChooser = agent.waitForEvent('filechooser');
  await reply.getByRole('button', { name: 'Attach files' }).click();
  await (await agentChooser).setFiles({ name: 'answer.pdf', mimeType: 'application/pdf', buffer: ANSWER });
  await agent.getByRole('button', { name: 'Send reply' }).click();
  await expect(agent.getByRole('article', { name: 'Priya Nair wrote' })).toContainText('answer.pdf');
  await openPdf(agent, 'answer.pdf');

  await page
    .getByRole('link', { name: 'Tickets', exact: true })
    .or(page.getByRole('link', { name: 'My tickets' }))
    .first()
    .click();
  await page.reload();
  await page.getByRole('link', { name: 'Labels come out blank' }).click();
  await expect(page.getByRole('article', { name: 'Priya Nair wrote' })).toContainText('answer.pdf');
  await openPdf(page, 'answer.pdf');
  await openImage(page, /^Screenshot/);
  await openText(page, 'server.txt', 'feeder: gap not found');
  const answer = await download(page, filesOf(page).getByRole('link', { name: 'Download answer.pdf' }));
  expect((await readFile(answer)).equals(ANSWER)).toBe(true);
});

/** Puts a picture on the clipboard, as the system's screenshot key does. */
async function copy(page: Page, picture: Buffer): Promise<void> {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const item = new ClipboardItem({ 'image/png': new Blob([bytes], { type: 'image/png' }) });
    await navigator.clipboard.write([item]);
  }, picture.toString('base64'));
}

/** Opens a file of the panel over the whole window; toasts are dialogs, too. */
async function open(page: Page, name: string | RegExp) {
  const file = filesOf(page).getByRole('listitem').filter({ hasText: name });
  await file.getByRole('button', { name: /^Open / }).click();
  const box = page.getByRole('dialog', { name });
  await expect(box).toBeVisible();
  return box;
}

async function close(box: Locator): Promise<void> {
  await box.getByRole('button', { name: 'Close' }).click();
  await expect(box).toHaveCount(0);
}

async function openImage(page: Page, name: RegExp): Promise<void> {
  const box = await open(page, name);
  const image = box.getByRole('img').first();
  await expect(async () => {
    expect(await image.evaluate((element) => (element as HTMLImageElement).naturalWidth)).toBeGreaterThan(
      100,
    );
  }).toPass();
  await close(box);
}

async function openText(page: Page, name: string, words: string): Promise<void> {
  const box = await open(page, name);
  await expect(box).toContainText(words);
  await close(box);
}

/** The browser's own viewer, an extension of it, has the answer: neither our policy nor its sandbox is in the way. */
async function openPdf(page: Page, name: string): Promise<void> {
  const answer = page.waitForResponse((response) => response.url().endsWith('/preview'));
  const box = await open(page, name);
  await expect(box.locator('iframe')).toBeVisible();
  expect((await answer).status()).toBe(200);
  const viewer = () => page.frames().filter((frame) => frame.url().startsWith('chrome-extension:'));
  await expect.poll(viewer).toHaveLength(1);
  await close(box);
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
