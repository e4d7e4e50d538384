import { expect, signIn, test } from './desk.ts';

test('over plain HTTP at another name than localhost files arrive, and what others do appears', async ({
  page,
  desk,
  arrive,
}) => {
  const { port } = new URL(desk.url);
  await page.goto(`http://docket.test:${port}/sign-in`);
  expect(await page.evaluate(() => [isSecureContext, 'locks' in navigator])).toEqual([false, false]);
  await signIn(page, await desk.hire('Mara Lindqvist', 'customer'));
  await page.getByRole('link', { name: 'New ticket' }).first().click();
  await page.getByLabel('Subject').fill('No lock on the line');
  await page.getByLabel('What is it about?').fill('See the log.');
  const file = { name: 'printer.txt', mimeType: 'text/plain', buffer: Buffer.from('paper jam\n') };
  await page.locator('input[type=file]').setInputFiles(file);
  await page.getByRole('button', { name: 'Create ticket' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'No lock on the line' })).toBeVisible();
  await expect(page.getByRole('list', { name: 'Files', exact: true })).toContainText('printer.txt');

  const agent = await arrive();
  await agent.goto(new URL(page.url()).pathname);
  await signIn(agent, await desk.hire('Priya Nair', 'agent'));
  await agent.getByLabel('Your reply').fill('It is the tray.');
  await agent.getByRole('button', { name: 'Send reply' }).click();
  await expect(page.getByRole('article', { name: 'Priya Nair wrote' })).toContainText('It is the tray.', {
    timeout: 5_000,
  });
});
