import type { Page } from '@playwright/test';
import { expect, filesOf, signIn, test } from './desk.ts';
import { look, WIDE } from './look.ts';

const LOG = { name: 'printer.txt', mimeType: 'text/plain', buffer: Buffer.from('paper jam\n') };

/** The server has no room for uploads until the answer is called. */
async function holdUploads(page: Page): Promise<() => void> {
  let held = true;
  await page.route(/\/api\/v1\/(uploads|tickets\/[^/]+\/attachments)$/, (route) =>
    held && route.request().method() === 'POST'
      ? route.fulfill({
          status: 429,
          headers: { 'retry-after': '1' },
          json: { code: 'upload_rate_exceeded' },
        })
      : route.continue(),
  );
  return () => {
    held = false;
  };
}

async function writeTicket(page: Page): Promise<void> {
  await page.goto('/tickets/new');
  await page.getByLabel('Subject').fill('It jams');
  await page.getByLabel('What is it about?').fill('Again.');
  await page.locator('input[type=file]').setInputFiles(LOG);
  await page.getByRole('button', { name: 'Create ticket' }).click();
  await expect(page.getByText('Creates when the upload finishes')).toBeVisible();
}

const question = (page: Page) => page.getByRole('dialog', { name: 'Leave this screen?' });
const leave = (page: Page) => page.getByRole('link', { name: 'My tickets' }).click();

test('who leaves what still waits for its files is asked, and finds it again as a draft', async ({
  page,
  desk,
}) => {
  await signIn(page, await desk.hire('Mara Lindqvist', 'customer'));
  const goOn = await holdUploads(page);
  await writeTicket(page);
  await leave(page);
  await expect(question(page)).toContainText('stays a draft, and is not sent');
  await look(page, [WIDE]);
  await expect(question(page).getByRole('button', { name: 'Stay here' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(question(page)).toHaveCount(0);
  await expect(page).toHaveURL('/tickets/new');
  await leave(page);
  await question(page).getByRole('button', { name: 'Leave' }).click();
  await expect(page).toHaveURL(/\/tickets$/);
  await expect(page.getByText('It jams')).toHaveCount(0);
  await page.getByRole('link', { name: 'New ticket' }).first().click();
  await expect(page.getByLabel('Subject')).toHaveValue('It jams');
  await expect(page.getByRole('listitem', { name: LOG.name })).toBeVisible();
  goOn();
  await expect(page.getByRole('listitem', { name: LOG.name })).toContainText('Ready');
});

test('who is asked while it goes out is let go with it sent', async ({ page, desk }) => {
  await signIn(page, await desk.hire('Mara Lindqvist', 'customer'));
  const goOn = await holdUploads(page);
  await writeTicket(page);
  await leave(page);
  await expect(question(page)).toBeVisible();
  goOn();
  await expect(page).toHaveURL(/\/tickets$/);
  await expect(question(page)).toHaveCount(0);
  await expect(page.getByRole('link', { name: 'It jams' })).toBeVisible();
});

test('files on their way to a ticket stop only when somebody says so', async ({ page, desk }) => {
  await signIn(page, await desk.hire('Mara Lindqvist', 'customer'));
  await page.goto('/tickets/new');
  await page.getByLabel('Subject').fill('It jams');
  await page.getByLabel('What is it about?').fill('Again.');
  await page.getByRole('button', { name: 'Create ticket' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'It jams' })).toBeVisible();
  const goOn = await holdUploads(page);
  const panel = page.getByRole('complementary').filter({ hasText: 'or drop them here' });
  await panel.locator('input[type=file]').setInputFiles(LOG);
  await leave(page);
  await expect(question(page)).toContainText('Files are still on their way to this ticket');
  await question(page).getByRole('button', { name: 'Stay here' }).click();
  goOn();
  await expect(filesOf(page).getByRole('listitem').filter({ hasText: LOG.name })).toBeVisible();
  await leave(page);
  await expect(page).toHaveURL(/\/tickets$/);
});
