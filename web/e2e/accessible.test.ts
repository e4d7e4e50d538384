import type { Page } from '@playwright/test';
import { canvas, png } from '../../server/test/support/png.ts';
import { expect, filesOf, signIn, test } from './desk.ts';
import { look, NARROW, WIDE } from './look.ts';

test.setTimeout(240_000);

const text = (name: string) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(name) });

test('before the sign-in', async ({ page }) => {
  for (const path of ['/sign-in', '/sign-up', '/setup?token=x', '/reset-password?token=x', '/no/such/page']) {
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await page.waitForLoadState('networkidle');
    await look(page);
  }
  await page.goto('/sign-in');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('alert')).toBeFocused();
  await look(page);
});

test('a customer’s list, menus, new ticket and account', async ({ page, desk }) => {
  await signIn(page, await desk.hire('Mara Lindqvist', 'customer'));
  await expect(page.getByText('You have no tickets yet')).toBeVisible();
  await look(page);
  await page.getByRole('button', { name: /^Account:/ }).click();
  await expect(page.getByRole('menuitem', { name: 'Sign out' })).toBeVisible();
  await look(page, [WIDE]);
  await page.keyboard.press('Escape');
  await page.setViewportSize({ width: NARROW, height: 800 });
  await page.getByRole('button', { name: 'Open menu' }).click();
  await expect(page.getByRole('dialog', { name: 'Main' })).toBeVisible();
  await look(page, [NARROW]);

  await page.goto('/tickets/new');
  const chosen = page.getByRole('list', { name: 'Chosen files' });
  await page.locator('input[type=file]').setInputFiles([text('a.txt'), text('b.exe')]);
  await expect(chosen).toContainText('Files of this type are not accepted');
  await page.locator('input[type=file]').setInputFiles(text('a.txt'));
  await expect(chosen).toContainText('A file just like this one is already there');
  await page.getByRole('button', { name: 'Create ticket' }).click();
  await expect(page.getByRole('alert')).toBeFocused();
  await look(page);

  await page.goto('/account');
  await page.getByLabel('Name of the new token').fill('Nightly export');
  await page.getByRole('button', { name: 'Make a token' }).click();
  await expect(page.getByText('Copy the token now')).toBeVisible();
  await page.getByRole('button', { name: 'Change password' }).click();
  await expect(page.getByRole('alert')).toBeFocused();
  await look(page);
});

test('a ticket and its files', async ({ page, desk }) => {
  await signIn(page, await desk.hire('Mara Lindqvist', 'customer'));
  const id = await openTicket(page, desk.url);
  const files = filesOf(page);
  await look(page);
  await page.getByRole('button', { name: 'Add a description to notes.txt' }).click();
  await expect(page.getByLabel('Description of notes.txt')).toBeFocused();
  await look(page);
  await page.keyboard.press('Escape');

  await files.getByRole('button', { name: 'Open notes.txt' }).click();
  await expect(page.getByRole('dialog', { name: 'notes.txt' })).toContainText('notes.txt');
  await look(page);
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('dialog', { name: 'photo.png' }).getByRole('img')).toBeVisible();
  await look(page);
  await page.keyboard.press('Escape');

  await page.getByRole('button', { name: 'Delete notes.txt' }).click();
  await expect(page.getByText('notes.txt deleted')).toBeVisible();
  // Somebody else was faster.
  const [photo] = await listFiles(page, id);
  await page.request.delete(`/api/v1/attachments/${photo}`, { headers: { origin: desk.url } });
  await page.getByRole('button', { name: 'Delete photo.png' }).click();
  await expect(page.getByText('photo.png was not deleted').first()).toBeVisible();
  await page.keyboard.press('F6'); // they stay for as long as focus is among them
  await look(page);
  await page.reload();
  await expect(page.getByText(/^No files yet/).first()).toBeVisible();
  await look(page);
});

test('for those who answer', async ({ page, desk }) => {
  const lena = await desk.hire('Lena Vogt', 'customer');
  await signIn(page, await desk.hire('Helen Adams', 'admin'));
  const id = await openTicket(page, desk.url);
  await page.goto('/tickets?view=open');
  await expect(page.getByRole('link', { name: 'A ticket to look at' }).first()).toBeVisible();
  await look(page);
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog')).toBeVisible();
  await look(page);
  await page.goto('/tickets?view=open&q=nothing+like+this');
  await expect(page.getByText('No ticket fits this search.')).toBeVisible();
  await look(page);
  await page.goto(`/tickets/${id}`);
  await page.getByText('Internal note').last().click();
  await expect(page.getByLabel('Note for agents only')).toBeVisible();
  await look(page);

  await page.goto(`/admin/people?q=${lena.email}`);
  await page.getByRole('button', { name: 'Actions for Lena Vogt' }).click();
  await expect(page.getByRole('menuitem').first()).toBeVisible();
  await look(page);
  await page.getByRole('menuitem', { name: 'Link to set a password' }).click();
  await expect(page.getByRole('dialog', { name: 'Link for Lena Vogt' })).toBeVisible();
  await look(page);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Actions for Lena Vogt' }).click();
  await page.getByRole('menuitem', { name: 'Disable' }).click();
  await expect(page.getByText('Disabled', { exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Actions for Lena Vogt' }).click();
  await page.getByRole('menuitem', { name: 'Anonymise' }).click();
  await expect(page.getByRole('dialog', { name: 'Anonymise Lena Vogt?' })).toBeVisible();
  await look(page);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Add somebody' }).click();
  await page.getByRole('button', { name: 'Create account' }).click();
  await expect(page.getByRole('dialog').getByRole('alert')).toBeFocused();
  await look(page);
});

/** A ticket with a reply and two files, the text first; resolves to its id when it is on screen. */
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
  const photo = { name: 'photo.png', mimeType: 'image/png', buffer: png(canvas(300, 200, [20, 90, 110])) };
  for (const file of [photo, text('notes.txt')]) {
    await page.request.post(`/api/v1/tickets/${id}/attachments`, { headers, multipart: { file } });
  }
  await page.request.post(`/api/v1/tickets/${id}/replies`, { headers, data: { body: 'A reply.' } });
  await page.goto(`/tickets/${id}`);
  await expect(page.getByText('A reply.')).toBeVisible();
  await expect(filesOf(page).getByRole('listitem')).toHaveCount(2);
  return id;
}

async function listFiles(page: Page, ticketId: string): Promise<string[]> {
  const answer = await page.request.get(`/api/v1/tickets/${ticketId}/attachments`);
  const { data } = (await answer.json()) as { data: { id: string }[] };
  return data.map(({ id }) => id);
}
