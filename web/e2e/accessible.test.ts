import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, type Person, signIn, test } from './desk.ts';

test.setTimeout(180_000);

const LOOKS = [
  { width: 1280, theme: 'light' },
  { width: 1280, theme: 'dark' },
  { width: 320, theme: 'light' },
] as const;

/** What is wrong with the page as it stands: for axe in both themes, and over its edge where there is little room. */
async function look(page: Page): Promise<void> {
  const wrong = new Set<string>();
  for (const { width, theme } of LOOKS) {
    await page.setViewportSize({ width, height: 800 });
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    await page.locator(`html[data-theme=${theme}]`).waitFor();
    await page.waitForTimeout(200); // the app's own transitions, which axe would look into the middle of
    const { violations } = await new AxeBuilder({ page }).analyze();
    for (const { id, nodes } of violations) {
      for (const { html } of nodes) wrong.add(`${theme} ${width} ${id}: ${html.slice(0, 300)}`);
    }
    const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    if (over > 0) wrong.add(`${width} is ${over} too wide`);
  }
  await page.setViewportSize({ width: 1280, height: 800 });
  expect.soft([...wrong], page.url()).toEqual([]);
}

test('before the sign-in', async ({ page }) => {
  for (const path of ['/sign-in', '/sign-up', '/setup?token=x', '/reset-password?token=x', '/no/such/page']) {
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await page.waitForLoadState('networkidle');
    await look(page);
  }
  await page.goto('/sign-in');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await look(page);
});

test('for a customer', async ({ page, desk }) => {
  await signIn(page, await desk.hire('Mara Lindqvist', 'customer'));
  await expect(page.getByText('You have no tickets yet')).toBeVisible();
  await look(page);
  await openTicket(page, desk.url);
  await look(page);
  await page.goto('/tickets/new');
  await page.locator('input[type=file]').setInputFiles([
    { name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('a') },
    { name: 'b.exe', mimeType: 'text/plain', buffer: Buffer.from('b') },
  ]);
  await expect(page.getByText('Files of this type are not accepted').first()).toBeVisible();
  await look(page);
  await page.goto('/account');
  await expect(page.getByRole('heading', { name: 'API tokens' })).toBeVisible();
  await page.waitForLoadState('networkidle');
  await look(page);
});

test('for those who answer', async ({ page, desk }) => {
  const admin: Person = await desk.hire('Helen Adams', 'admin');
  await signIn(page, admin);
  const id = await openTicket(page, desk.url);
  await page.goto('/tickets?view=open');
  await expect(page.getByRole('link', { name: 'A ticket to look at' }).first()).toBeVisible();
  await look(page);
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog')).toBeVisible();
  await look(page);
  await page.goto(`/tickets/${id}`);
  await page.getByText('Internal note').last().click();
  await expect(page.getByLabel('Note for agents only')).toBeVisible();
  await look(page);
  await page.goto('/admin/people');
  await expect(page.getByText('helen@example.com')).toBeVisible();
  await look(page);
  await page.getByRole('button', { name: 'Add somebody' }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await look(page);
});

async function openTicket(page: Page, url: string): Promise<string> {
  const headers = { origin: url };
  const made = await page.request.post('/api/v1/tickets', {
    headers,
    data: {
      subject: 'A ticket to look at',
      description: 'With `code`, a [link](https://example.com) and\n\n> a quotation.',
    },
  });
  const { id } = (await made.json()) as { id: string };
  await page.request.post(`/api/v1/tickets/${id}/attachments`, {
    headers,
    multipart: { file: { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('notes') } },
  });
  await page.request.post(`/api/v1/tickets/${id}/replies`, { headers, data: { body: 'A reply.' } });
  await page.goto(`/tickets/${id}`);
  await expect(page.getByText('A reply.')).toBeVisible();
  return id;
}
