import { expect, filesOf, signIn, test } from './desk.ts';
import { look } from './look.ts';

test.setTimeout(120_000);
test.use({ actionTimeout: 15_000 });

const file = (name: string, size: number) => ({
  name,
  mimeType: 'text/plain',
  buffer: Buffer.alloc(size, 'a'),
});

test('an admin sets what is accepted, and everybody follows at once', async ({ page, desk, arrive }) => {
  const mara = await arrive();
  await signIn(mara, await desk.hire('Mara Lindqvist', 'customer'));
  await mara.goto('/tickets/new');
  await mara.getByLabel('Subject').fill('Papers');
  await mara.getByLabel('What is it about?').fill('Two of them.');
  await expect(mara.getByText('Up to 50 MB each', { exact: false })).toBeVisible();
  await expect(mara.getByRole('link', { name: 'Storage' })).toHaveCount(0);

  await signIn(page, await desk.hire('Helen Okafor', 'admin'));
  await page.getByRole('link', { name: 'Storage' }).click();
  await expect(page.getByText('DOCKET_DATA_DIR decides this where Docket is started.')).toBeVisible();
  await expect(page.getByLabel('Folder on the disk')).toHaveCount(0);
  await look(page);

  // All that is wrong is told at once, and leads to its place.
  await page.getByLabel('Largest file').fill('a lot');
  const types = page.getByRole('group', { name: 'Types' });
  for (const box of await types.getByRole('checkbox').all()) await box.uncheck();
  await page.getByRole('button', { name: 'Save' }).click();
  const alert = page.getByRole('alert');
  await expect(alert).toBeFocused();
  await expect(alert).toContainText('Enter a size, such as 50');
  await look(page);
  await alert.getByRole('link', { name: 'Choose at least one type of file' }).click();
  await expect(types).toBeFocused();

  await page.getByLabel('Largest file').fill('1');
  await page.getByLabel('Unit').selectOption('GB');
  await types.getByLabel('Plain text (.txt)').check();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(alert).toContainText('Enter at most 500 MB as the largest file');
  await page.getByLabel('Largest file').fill('1,5');
  await page.getByLabel('Unit').selectOption('KB');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Settings of storage saved')).toBeVisible();
  await expect(page.getByText('Last changed by Helen Okafor')).toBeVisible();

  // A page that was open all the time hears it from the server.
  const chosen = mara.getByRole('list', { name: 'Chosen files' });
  await mara.locator('input[type=file]').setInputFiles([file('small.txt', 1536), file('large.txt', 1537)]);
  await expect(chosen.getByRole('listitem').filter({ hasText: 'large.txt' })).toContainText('1.5 kB');
  await expect(chosen.getByRole('listitem').filter({ hasText: 'small.txt' })).toContainText('Ready');
  await mara.getByRole('button', { name: 'Dismiss large.txt' }).click();
  await mara.getByRole('button', { name: 'Create ticket' }).click();
  await expect(filesOf(mara)).toContainText('small.txt');
  await mara.goto('/tickets/new');
  await expect(mara.getByText('Up to 1.5 kB each: txt', { exact: false })).toBeVisible();
  await mara.goto('/admin/storage');
  await expect(mara).toHaveURL(/\/tickets$/);

  // Somebody else was faster.
  const other = await arrive();
  await signIn(other, await desk.hire('Noor Haddad', 'admin'));
  await other.goto('/admin/storage');
  await expect(other.getByLabel('Largest file')).toHaveValue('1.5');
  await page.getByLabel('Largest file').fill('2');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Settings of storage saved').last()).toBeVisible();
  await other.getByLabel('Largest file').fill('3');
  await other.getByRole('button', { name: 'Save' }).click();
  await expect(other.getByRole('alert')).toContainText('Somebody has changed these settings meanwhile');
  await other.reload();
  await expect(other.getByLabel('Largest file')).toHaveValue('2');
});
