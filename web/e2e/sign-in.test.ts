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
