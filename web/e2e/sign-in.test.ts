import { expect, signIn, test } from './desk.ts';

test('leads to the page that was asked for', async ({ page, desk }) => {
  const mara = await desk.hire('Mara Lindqvist', 'customer');
  await page.goto('/account');
  await expect(page).toHaveURL(/\/sign-in\?return=%2Faccount$/);
  await signIn(page, mara);
  await expect(page).toHaveURL('/account');
  await expect(page.getByRole('button', { name: 'Account: Mara Lindqvist' })).toBeVisible();
});

test('tells what is wrong in a summary that has focus', async ({ page, desk }) => {
  const mara = await desk.hire('Mara Lindqvist', 'customer');
  await page.goto('/sign-in');
  await page.getByRole('button', { name: 'Sign in' }).click();
  const summary = page.getByRole('alert');
  await expect(summary).toBeFocused();
  await expect(summary).toContainText('2 things need your attention');
  await page.getByRole('link', { name: 'Enter your password' }).click();
  await expect(page.getByLabel('Password', { exact: true })).toBeFocused();

  await page.getByLabel('E-mail address').fill(mara.email);
  await page.getByLabel('Password', { exact: true }).fill('wrong');
  await page.keyboard.press('Enter');
  await expect(summary).toContainText('The e-mail address or the password is wrong');
  await expect(summary).toBeFocused();
});

test('signing out leaves nothing of a person in any tab', async ({ page, context, desk }) => {
  const mara = await desk.hire('Mara Lindqvist', 'customer');
  await signIn(page, mara);
  const other = await context.newPage();
  await other.goto('/tickets/new');
  await other.getByLabel('Subject').fill('A secret');
  await page.getByRole('button', { name: 'Account: Mara Lindqvist' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(other).toHaveURL(/\/sign-in\?return=%2Ftickets%2Fnew$/);
  await signIn(other, mara);
  await expect(other.getByLabel('Subject')).toHaveValue('');
});

test('who signs in in one tab is who is signed in in all', async ({ page, context, desk }) => {
  const mara = await desk.hire('Mara Lindqvist', 'customer');
  const noor = await desk.hire('Noor Haddad', 'customer');
  await signIn(page, mara);
  const other = await context.newPage();
  await other.goto('/account');
  await expect(other.getByRole('button', { name: 'Account: Mara Lindqvist' })).toBeVisible();
  await page.goto('/sign-in');
  await signIn(page, noor);
  await expect(page.getByRole('button', { name: 'Account: Noor Haddad' })).toBeVisible();
  await expect(other.getByRole('button', { name: 'Account: Noor Haddad' })).toBeVisible();
  await expect(other.getByText(mara.email)).toHaveCount(0);
});
