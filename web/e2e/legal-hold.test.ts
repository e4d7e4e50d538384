import { expect, filesOf, signIn, test } from './desk.ts';
import { look } from './look.ts';

test.setTimeout(120_000);

test('an admin holds a ticket and a file, agents see why, and customers see nothing', async ({
  page,
  desk,
  arrive,
}) => {
  await signIn(page, await desk.hire('Mara Lindqvist', 'customer'));
  await page.goto('/tickets/new');
  await page.getByLabel('Subject').fill('The offer');
  await page.getByLabel('What is it about?').fill('As agreed.');
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'offer.txt', mimeType: 'text/plain', buffer: Buffer.from('Ten thousand.') });
  await page.getByRole('button', { name: 'Create ticket' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'The offer' })).toBeVisible();
  const address = new URL(page.url()).pathname;

  const priya = await arrive();
  await signIn(priya, await desk.hire('Priya Nair', 'agent'));
  await priya.goto(address);
  const notice = priya.getByRole('region', { name: 'Under legal hold' });
  await expect(filesOf(priya)).toContainText('offer.txt');
  await expect(notice).toHaveCount(0);

  // By keyboard alone.
  const helen = await arrive();
  await signIn(helen, await desk.hire('Helen Adams', 'admin'));
  await helen.goto(address);
  await helen.getByRole('button', { name: 'Put under legal hold…' }).focus();
  await helen.keyboard.press('Enter');
  const dialog = helen.getByRole('dialog', { name: 'Put under legal hold' });
  await expect(dialog.getByLabel('Reason')).toBeFocused();
  await look(helen);
  await helen.keyboard.type('Smith v. Jones');
  await helen.keyboard.press('Tab');
  await helen.keyboard.press('Tab');
  await helen.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  await expect(helen.getByText(/^Ticket #\d+ is under legal hold$/).first()).toBeVisible();
  await expect(helen.getByRole('button', { name: 'Change reason…' })).toBeFocused();

  // An agent hears of it without a reload, and can do nothing about it.
  await expect(notice).toContainText('Smith v. Jones');
  await expect(notice).toContainText('Helen Adams');
  await expect(notice.getByRole('button')).toHaveCount(0);

  await helen.getByRole('button', { name: 'More for offer.txt' }).click();
  await helen.getByRole('menuitem', { name: 'Put under legal hold…' }).click();
  await dialog.getByLabel('Reason').fill('The original');
  await dialog.getByRole('button', { name: 'Put under legal hold' }).click();
  await expect(filesOf(helen)).toContainText('The original');
  await expect(filesOf(priya)).toContainText('The original');
  await expect(priya.getByRole('button', { name: 'More for offer.txt' })).toHaveCount(0);
  await look(helen);
  await look(priya);

  await page.reload();
  await expect(filesOf(page)).toContainText('offer.txt');
  await expect(page.getByText(/legal hold|Smith v\. Jones|The original/)).toHaveCount(0);

  // What is deleted is kept, and still says so.
  await helen.getByRole('button', { name: 'Delete offer.txt' }).click();
  await helen.getByText(/^Deleted files/).click();
  await expect(helen.getByRole('list', { name: 'Deleted files' })).toContainText('The original');
  await look(helen);

  await helen.getByRole('button', { name: 'Lift hold…' }).click();
  const lifting = helen.getByRole('dialog', { name: 'Lift the legal hold' });
  await lifting.getByRole('button', { name: 'Lift the legal hold' }).click();
  await expect(lifting.getByRole('alert')).toBeFocused();
  await lifting.getByLabel('Reason').fill('Settled');
  await lifting.getByRole('button', { name: 'Lift the legal hold' }).click();
  await expect(helen.getByRole('button', { name: 'Put under legal hold…' })).toBeFocused();
  await expect(notice).toHaveCount(0);

  const gone = helen.getByRole('list', { name: 'Deleted files' });
  await gone.getByRole('button', { name: 'More for offer.txt' }).click();
  await helen.getByRole('menuitem', { name: 'Lift hold…' }).click();
  await lifting.getByLabel('Reason').fill('Settled');
  await lifting.getByRole('button', { name: 'Lift the legal hold' }).click();
  await expect(gone).not.toContainText('The original');
  await expect(gone.getByRole('button', { name: 'More for offer.txt' })).toBeFocused();
});
