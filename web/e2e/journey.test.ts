import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import type { Page } from '@playwright/test';
import { expect, PASSWORD, signIn, test } from './desk.ts';

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const text = (name: string, content = `${name}\n`) => ({
  name,
  mimeType: 'text/plain',
  buffer: Buffer.from(content),
});

test('from sign-up to a download by somebody else', async ({ page, desk, arrive }) => {
  await page.goto('/');
  await page.getByRole('link', { name: 'Sign up' }).click();
  await page.getByLabel('Your name').fill('Rita Novak');
  await page.getByLabel('E-mail address').fill(`rita-${Date.now()}@example.com`);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Create account' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'My tickets' })).toBeVisible();

  await page.getByRole('link', { name: 'New ticket' }).first().click();
  await page.getByLabel('Subject').fill('The printer smokes');
  await page.getByLabel('What is it about?').fill('Since **this morning**.\nSee the log.');
  await page.locator('input[type=file]').setInputFiles([
    text('printer.txt'),
    text('tool.exe', 'MZ'),
    {
      ...{ name: 'smoke.png', mimeType: 'image/png', buffer: PNG },
    },
  ]);
  await expect(page.getByText('Files of this type are not accepted.', { exact: true })).toBeVisible();
  await page.getByRole('button', { name: /Show smoke.png in the text/ }).click();
  await page.getByRole('button', { name: 'Create ticket' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'The printer smokes' })).toBeVisible();
  await expect(page.getByRole('img', { name: 'smoke.png' })).toBeVisible();
  await expect(page.locator('strong', { hasText: 'this morning' })).toBeVisible();

  const priya = await desk.hire('Priya Nair', 'agent');
  const agent = await arrive();
  await agent.goto('/tickets');
  await signIn(agent, priya);
  await agent.getByRole('link', { name: 'The printer smokes' }).click();
  const download = agent.waitForEvent('download');
  await agent
    .getByRole('region', { name: 'Conversation' })
    .getByRole('link', { name: /printer\.txt/ })
    .or(agent.getByRole('link', { name: /Download printer\.txt/ }))
    .first()
    .click();
  expect(await readFile(await (await download).path(), 'utf8')).toBe('printer.txt\n');
});

test('a reply with a file, and a note that its customer never sees', async ({ page, desk, arrive }) => {
  const mara = await desk.hire('Mara Lindqvist', 'customer');
  const priya = await desk.hire('Priya Nair', 'agent');
  await signIn(page, mara);
  await page.goto('/tickets/new');
  await page.getByLabel('Subject').fill('Which toner?');
  await page.getByLabel('What is it about?').fill('The old one is empty.');
  await page.getByRole('button', { name: 'Create ticket' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Which toner?' })).toBeVisible();
  const address = page.url();

  const agent = await arrive();
  await agent.goto(address);
  await signIn(agent, priya);
  await agent.getByText('Internal note').click();
  await agent.getByLabel('Note for agents only').fill('She has the wrong printer.');
  await agent
    .getByRole('region', { name: 'Reply' })
    .locator('input[type=file]')
    .setInputFiles(text('secret.txt'));
  await agent.getByRole('button', { name: 'Add note' }).click();
  await expect(agent.getByRole('article', { name: 'Internal note of Priya Nair' })).toContainText(
    'secret.txt',
  );
  await agent.getByText('Reply', { exact: true }).click();
  await agent.getByLabel('Your reply').fill('The black one.');
  await agent
    .getByRole('region', { name: 'Reply' })
    .locator('input[type=file]')
    .setInputFiles(text('toner.txt'));
  await agent.getByRole('button', { name: 'Send reply' }).click();
  await expect(agent.getByRole('article', { name: 'Priya Nair wrote' })).toContainText('toner.txt');
  await agent.getByLabel('Status').selectOption('Solved');
  await expect(
    agent.getByRole('banner').or(agent.locator('header')).getByText('Solved').first(),
  ).toBeVisible();

  await page.reload();
  await expect(page.getByRole('article', { name: 'Priya Nair wrote' })).toContainText('toner.txt');
  await expect(page.getByText('secret.txt')).toHaveCount(0);
  await expect(page.getByText('wrong printer')).toHaveCount(0);
});

test('a draft and its files outlive a reload and a lost session', async ({ page, desk }) => {
  const mara = await desk.hire('Mara Lindqvist', 'customer');
  await page.goto('/tickets/new');
  await signIn(page, mara);
  await page.getByLabel('Subject').fill('Half written');
  await page.locator('input[type=file]').setInputFiles(text('kept.txt'));
  const chosen = page.getByRole('list', { name: 'Chosen files' });
  await expect(chosen).toContainText('kept.txt');
  await page.waitForLoadState('networkidle');
  await page.reload();
  await expect(page.getByLabel('Subject')).toHaveValue('Half written');
  await expect(chosen).toContainText('kept.txt');

  await page.getByLabel('What is it about?').fill('The rest.');
  await page.context().clearCookies();
  await page.getByRole('button', { name: 'Create ticket' }).click();
  await expect(page).toHaveURL(/\/sign-in\?return=%2Ftickets%2Fnew/);
  await signIn(page, mara);
  await expect(page.getByLabel('Subject')).toHaveValue('Half written');
  await page.getByRole('button', { name: 'Create ticket' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Half written' })).toBeVisible();
  await expect(page.getByText('kept.txt').first()).toBeVisible();
});

test('two tabs write to one ticket, and neither loses what it shows', async ({ page, desk }) => {
  await signIn(page, await desk.hire('Mara Lindqvist', 'customer'));
  const data = { subject: 'In two tabs', description: 'Text.' };
  const made = await page.request.post('/api/v1/tickets', { data, headers: { origin: desk.url } });
  const address = `/tickets/${((await made.json()) as { id: string }).id}`;
  const choose = async (tab: Page, name: string) => {
    const reply = tab.getByRole('region', { name: 'Reply' });
    await reply.locator('input[type=file]').setInputFiles(text(name));
    await expect(reply.getByRole('listitem', { name })).toContainText('Ready');
  };
  await page.goto(address);
  await page.getByLabel('Your reply').fill('From the first tab');

  const second = await page.context().newPage();
  await second.goto(address);
  await expect(second.getByLabel('Your reply')).toHaveValue('From the first tab');
  await second.getByLabel('Your reply').fill('From the second tab');
  await choose(second, 'second.txt');
  await choose(page, 'first.txt');
  await second.getByRole('button', { name: 'Send reply' }).click();
  const sent = second.getByRole('article', { name: 'Mara Lindqvist wrote' }).last();
  await expect(sent).toContainText('From the second tab');
  await expect(second.getByLabel('Your reply')).toHaveValue('');

  await expect(page.getByLabel('Your reply')).toHaveValue('From the first tab');
  await page.reload();
  await expect(page.getByLabel('Your reply')).toHaveValue('From the first tab');
  await expect(page.getByRole('listitem', { name: 'first.txt' })).toContainText('Ready');
  await page.getByRole('button', { name: 'Send reply' }).click();
  await expect(page.getByRole('article', { name: 'Mara Lindqvist wrote' }).last()).toContainText('first.txt');
  await second.reload();
  await expect(second.getByText('From the first tab')).toBeVisible();
  await expect(second.getByLabel('Your reply')).toHaveValue('');
  await second.close();
});

test('lists live in the address, and J, K and Enter lead through them', async ({ page, desk }) => {
  const mara = await desk.hire('Mara Lindqvist', 'customer');
  await signIn(page, mara);
  for (const subject of ['First thing', 'Second thing']) {
    const made = await page.request.post('/api/v1/tickets', {
      data: { subject, description: 'Text.' },
      headers: { origin: desk.url },
    });
    expect(made.status()).toBe(201);
  }
  await page.goto('/tickets?sort=created_at');
  await expect(page.getByRole('row')).toHaveCount(3);
  await page.keyboard.press('j');
  await expect(page.getByRole('link', { name: 'First thing' })).toBeFocused();
  await page.keyboard.press('j');
  await page.keyboard.press('k');
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Second thing' })).toBeVisible();
  await page.goBack();
  await page.keyboard.press('/');
  await page.keyboard.type('first');
  await expect(page).toHaveURL(/q=first/);
  await expect(page.getByRole('row')).toHaveCount(2);
  await page.keyboard.press('Escape');
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keys' })).toBeVisible();
});

test('the first load stays within 200 KB of script', async ({ page, desk }) => {
  await signIn(page, await desk.hire('Mara Lindqvist', 'customer'));
  const scripts: string[] = [];
  page.on('request', (request) => {
    if (request.url().endsWith('.js')) scripts.push(request.url());
  });
  await page.goto('/tickets');
  await page.waitForLoadState('networkidle');
  const sizes = await Promise.all(scripts.map(async (url) => (await gzipped(url)).length));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  console.log(`first load of the list of tickets: ${(total / 1024).toFixed(1)} KB of script, gzip`);
  expect(total).toBeLessThan(200 * 1024);
  expect(scripts.filter((url) => /attachments|People/.test(url))).toEqual([]);
});

async function gzipped(url: string): Promise<Buffer> {
  return gzipSync(Buffer.from(await (await fetch(url)).arrayBuffer()), { level: 9 });
}
