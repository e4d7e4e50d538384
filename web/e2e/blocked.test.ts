import { expect, filesOf, signIn, test } from './desk.ts';
import { look, WIDE } from './look.ts';

test.setTimeout(180_000);
test.use({
  signatures: { 1001: 'Test.Signature', 1002: 'Heuristics.Encrypted.Zip', 150000: 'Test.Signature' },
});

const file = (name: string, size: number) => ({
  name,
  mimeType: 'text/plain',
  buffer: Buffer.alloc(size, 'a'),
});

test('a blocked file is told to who sent it, and released by who may', async ({ page, desk, arrive }) => {
  const mara = await desk.hire('Mara Lindqvist', 'customer');
  await signIn(page, mara);
  await page.goto('/tickets/new');
  await page.getByLabel('Subject').fill('Papers');
  await page.getByLabel('What is it about?').fill('Three of them.');
  const chosen = page.getByRole('list', { name: 'Chosen files' });
  await page
    .locator('input[type=file]')
    .setInputFiles([file('bad.txt', 1001), file('closed.txt', 1002), file('well.txt', 1003)]);
  await expect(chosen).toContainText('Malware was found: Test.Signature.');
  await expect(chosen).toContainText('It could not be scanned: encrypted. You can send it');
  await expect(chosen).toContainText(/Ready · .*Scanned/);
  await look(page, [WIDE]);
  await page.getByRole('button', { name: 'Create ticket' }).click();
  await expect(page.getByRole('heading', { name: 'Papers' })).toBeVisible();
  const conversation = page.getByRole('region', { name: 'Conversation' });
  await expect(conversation).toContainText('bad.txt was blocked: malware was found (Test.Signature).');
  await expect(conversation).toContainText('closed.txt could not be scanned: encrypted.');
  const files = filesOf(page);
  await expect(files.getByRole('link', { name: 'Download closed.txt' }).first()).toBeVisible();
  await expect(files.getByRole('link', { name: 'Download bad.txt' })).toHaveCount(0);
  await expect(page.getByRole('link', { name: 'Blocked files' })).toHaveCount(0);
  await look(page);
  await page.goto('/blocked');
  await expect(page).toHaveURL(/\/tickets$/);

  // An agent answers for what could not be scanned, by keyboard alone.
  const priya = await arrive();
  await signIn(priya, await desk.hire('Priya Nair', 'agent'));
  await expect(priya.getByRole('link', { name: 'Blocked files 2' })).toBeVisible();
  await priya.goto('/blocked');
  const rows = priya.locator('tbody tr');
  await expect(rows).toHaveCount(2);
  const closed = rows.filter({ hasText: 'closed.txt' });
  await expect(closed).toContainText('It could not be scanned: encrypted.');
  await expect(closed).toContainText('Mara Lindqvist');
  await expect(priya.getByRole('button', { name: 'Release bad.txt' })).toHaveCount(0);
  await look(priya);
  await priya.keyboard.press('j');
  await expect(priya.getByRole('link', { name: /Papers/ }).first()).toBeFocused();
  await priya.getByRole('button', { name: 'Release closed.txt' }).focus();
  await priya.keyboard.press('Enter');
  const dialog = priya.getByRole('dialog', { name: 'Release this file?' });
  await expect(dialog.getByLabel('Reason')).toBeFocused();
  await look(priya);
  await priya.keyboard.type('She rang me');
  await priya.keyboard.press('Tab');
  await priya.keyboard.press('Tab');
  await priya.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  await expect(rows).toHaveCount(1);
  await expect(priya.getByText('closed.txt is released')).toBeVisible();
  expect(await priya.evaluate(() => document.activeElement !== document.body)).toBe(true);
  await priya.getByRole('link', { name: /Papers/ }).click();
  await expect(priya.getByText('Priya Nair released it: She rang me')).toBeVisible();
  await expect(filesOf(priya)).toContainText('Released by Priya Nair');
  await look(priya, [WIDE]);

  await page.goto('/tickets');
  await page.reload();
  await page.getByRole('link', { name: 'Papers' }).click();
  await expect(page.getByText('It was released: everybody on this ticket can open it now.')).toBeVisible();
  await expect(page.getByText('She rang me')).toHaveCount(0);

  // Malware is for an administrator to release.
  const helen = await arrive();
  await signIn(helen, await desk.hire('Helen Adams', 'admin'));
  await helen.goto('/blocked');
  await helen.getByRole('button', { name: 'Scan bad.txt again' }).click();
  await expect(helen.getByText('It is being scanned again')).toBeVisible();
  await helen.getByRole('button', { name: 'Release bad.txt' }).click();
  await helen.getByRole('dialog').getByRole('button', { name: 'Release' }).click();
  await expect(helen.getByRole('alert')).toBeFocused();
  await helen.getByLabel('Reason').fill('A test of ours');
  await helen.getByRole('dialog').getByRole('button', { name: 'Release' }).click();
  await expect(helen.getByText('No file is blocked.')).toBeVisible();
  await expect(helen.getByRole('heading', { name: 'Blocked files' })).toBeFocused();
  await look(helen);
});

test('a badge goes from Scanning to Blocked before everybody’s eyes', async ({ page, desk, arrive }) => {
  const mara = await desk.hire('Mara Olsen', 'customer');
  await signIn(page, mara);
  const headers = { origin: desk.url };
  const data = { subject: 'A large log', description: 'To come.' };
  const { id } = await (await page.request.post('/api/v1/tickets', { data, headers })).json();
  await page.goto(`/tickets/${id}`);
  const priya = await arrive();
  await signIn(priya, await desk.hire('Priya Rao', 'agent'));
  await priya.goto(`/tickets/${id}`);
  await expect(priya.getByText('No files yet')).toBeVisible();

  await page.locator('input[type=file]').first().setInputFiles(file('large.txt', 150_000));
  for (const screen of [priya, page]) {
    await expect(filesOf(screen)).toContainText('Scanning…', { timeout: 3_000 });
  }
  await expect(filesOf(priya).getByRole('link', { name: 'Download large.txt' })).toHaveCount(0);
  for (const screen of [priya, page]) {
    await expect(filesOf(screen)).toContainText('Malware was found: Test.Signature.', { timeout: 6_000 });
    await expect(filesOf(screen)).not.toContainText('Scanning…');
  }
});
