import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { pdf } from '../../server/src/helpdesk/demo/pdf.ts';
import { canvas, png } from '../../server/test/support/png.ts';
import { unzip } from '../../server/test/support/zip.ts';
import { download, expect, filesOf, signIn, tabTo, test } from './desk.ts';

interface GivenFile {
  name: string;
  mimeType: string;
  buffer: Buffer;
}
const text = (name: string, content = `${name}\n`): GivenFile => ({
  ...{ name, mimeType: 'text/plain', buffer: Buffer.from(content) },
});

/** Opens a ticket with these files by the screen; resolves when it is there. */
async function openTicket(page: Page, subject: string, files: GivenFile[]): Promise<void> {
  await page.goto('/tickets/new');
  await page.getByLabel('Subject').fill(subject);
  await page.getByLabel('What is it about?').fill('See the files.');
  await page.locator('input[type=file]').setInputFiles(files);
  await page.getByRole('button', { name: 'Create ticket' }).click();
  await expect(page.getByRole('heading', { level: 1, name: subject })).toBeVisible();
}

test('of three files one is refused, and the ticket has the other two', async ({ page, desk }) => {
  await signIn(page, await desk.hire('Mara Lindqvist', 'customer'));
  await page.goto('/tickets/new');
  await page.getByLabel('Subject').fill('Three files');
  await page.getByLabel('What is it about?').fill('One of them is a program.');
  const files = [text('first.txt'), text('tool.exe', 'MZ'), text('last.txt')];
  await page.locator('input[type=file]').setInputFiles(files);
  const chosen = page.getByRole('list', { name: 'Chosen files' });
  const refused = chosen.getByRole('listitem', { name: 'tool.exe' });
  await expect(refused).toContainText('Files of this type are not accepted');
  await expect(chosen.getByText(/^Ready/)).toHaveCount(2);
  await expect(page.getByRole('button', { name: 'Create ticket' })).toBeEnabled();
  await expect(refused).toBeVisible();
  await page.getByRole('button', { name: 'Create ticket' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Three files' })).toBeVisible();
  await expect(filesOf(page).getByRole('listitem')).toHaveCount(2);
  await expect(filesOf(page)).toContainText('first.txt');
  await expect(filesOf(page)).toContainText('last.txt');
});

test('a file whose content is not what its name says is refused by the server, and says so', async ({
  page,
  desk,
}) => {
  await signIn(page, await desk.hire('Mara Lindqvist', 'customer'));
  await page.goto('/tickets/new');
  await page.getByLabel('Subject').fill('A false picture');
  await page.getByLabel('What is it about?').fill('It was renamed.');
  await page
    .locator('input[type=file]')
    .setInputFiles([
      text('true.txt'),
      { ...text('false.pdf', 'no PDF at all'), mimeType: 'application/pdf' },
    ]);
  const refused = page
    .getByRole('list', { name: 'Chosen files' })
    .getByRole('listitem', { name: 'false.pdf' });
  await expect(refused.getByRole('button', { name: 'Dismiss false.pdf' })).toBeVisible();
  await page.getByRole('button', { name: 'Create ticket' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'A false picture' })).toBeVisible();
  await expect(filesOf(page).getByRole('listitem')).toHaveCount(1);
});

test('a deleted file comes back by Undo, with the mouse and with F6', async ({ page, desk, arrive }) => {
  const mara = await desk.hire('Mara Lindqvist', 'customer');
  await signIn(page, mara);
  await openTicket(page, 'Deleted by mistake', [text('a.txt'), text('b.txt')]);
  const files = filesOf(page).getByRole('listitem');
  await expect(files).toHaveCount(2);

  await page.getByRole('button', { name: 'Delete a.txt' }).click();
  await expect(page.getByText('a.txt deleted')).toBeVisible();
  await expect(files).toHaveCount(1);
  const other = await arrive();
  await other.goto(page.url());
  await signIn(other, mara);
  await expect(filesOf(other).getByRole('listitem')).toHaveCount(1);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByText('a.txt is back')).toBeVisible();
  await expect(files).toHaveCount(2);

  await tabTo(page, page.getByRole('button', { name: 'Delete b.txt' }));
  await page.keyboard.press('Enter');
  await expect(page.getByText('b.txt deleted')).toBeVisible();
  await expect(filesOf(page).getByRole('button', { name: 'Open a.txt' })).toBeFocused();
  await page.keyboard.press('F6');
  await tabTo(page, page.getByRole('button', { name: 'Undo' }));
  await page.keyboard.press('Enter');
  await expect(page.getByText('b.txt is back')).toBeVisible();
  await expect(files).toHaveCount(2);
  expect(await page.evaluate(() => document.activeElement?.tagName)).not.toBe('BODY');

  await other.reload();
  await expect(filesOf(other).getByRole('listitem')).toHaveCount(2);
  const link = filesOf(other).getByRole('link', { name: 'Download b.txt' });
  expect(await readFile(await download(other, link), 'utf8')).toBe('b.txt\n');
});

test('a deleted file comes back later, by whoever may, and nobody else hears of it', async ({
  page,
  desk,
  arrive,
}) => {
  const mara = await desk.hire('Mara Lindqvist', 'customer');
  await signIn(page, mara);
  await openTicket(page, 'Missed later', [text('a.txt'), text('b.txt')]);
  await page.getByRole('button', { name: 'Delete a.txt' }).click();
  await expect(page.getByText('a.txt deleted')).toBeVisible();

  const agent = await arrive();
  await agent.goto(page.url());
  await signIn(agent, await desk.hire('Priya Nair', 'agent'));
  await expect(filesOf(agent).getByRole('listitem')).toHaveCount(1);
  await expect(agent.getByText('Deleted files')).toHaveCount(0);

  await page.reload();
  await tabTo(page, page.locator('summary', { hasText: 'Deleted files' }));
  await page.keyboard.press('Enter');
  const gone = page.getByRole('list', { name: 'Deleted files' });
  await expect(gone.getByRole('listitem')).toHaveText(/a\.txt.*Deleted by Mara Lindqvist/);
  await tabTo(page, gone.getByRole('button', { name: 'Restore a.txt' }));
  await page.keyboard.press('Enter');
  await expect(filesOf(page).getByRole('listitem')).toHaveCount(2);
  await expect(gone.getByRole('listitem')).toHaveCount(0);
  await agent.reload();
  await expect(filesOf(agent).getByRole('listitem')).toHaveCount(2);
});

test('all files come as one archive, byte for byte, with a manifest of their sums', async ({
  page,
  desk,
}) => {
  await signIn(page, await desk.hire('Mara Lindqvist', 'customer'));
  const given: GivenFile[] = [
    text('log.txt', 'A line of a log.\n'.repeat(20_000)),
    { name: 'photo.png', mimeType: 'image/png', buffer: png(canvas(300, 200, [20, 90, 110])) },
    {
      name: 'offer.pdf',
      mimeType: 'application/pdf',
      buffer: pdf([{ text: 'An offer', left: 60, bottom: 770, size: 18 }]),
    },
    text('Übersicht für März.csv', 'Ware;Preis\nToner;20\n'),
  ];
  await openTicket(page, 'Everything at once', given);
  await expect(filesOf(page).getByRole('listitem')).toHaveCount(given.length);
  const archive = await download(page, page.getByRole('link', { name: 'Download all' }));
  const entries = await unzip(await readFile(archive));
  expect([...entries.keys()].sort()).toEqual([...given.map(({ name }) => name), 'MANIFEST.txt'].sort());
  const manifest = entries.get('MANIFEST.txt')?.content.toString();
  for (const { name, buffer } of given) {
    expect(entries.get(name)?.content.equals(buffer), name).toBe(true);
    expect(manifest).toContain(`${createHash('sha256').update(buffer).digest('hex')}  ${name}\n`);
  }
  expect(manifest).not.toContain('Left out');
});
