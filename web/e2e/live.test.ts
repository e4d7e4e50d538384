import type { Page } from '@playwright/test';
import { type Desk, expect, filesOf, signIn, test } from './desk.ts';

const text = (name: string) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(`${name}\n`) });

async function openTicket(page: Page, desk: Desk, subject: string): Promise<string> {
  const data = { subject, description: 'Text.' };
  const made = await page.request.post('/api/v1/tickets', { data, headers: { origin: desk.url } });
  return `/tickets/${((await made.json()) as { id: string }).id}`;
}

/** Resolves when the page hears of everything that happens. */
async function show(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await expect(page.getByLabel('Your reply')).toBeVisible();
}

async function write(page: Page, words: string, file?: string): Promise<void> {
  const reply = page.getByRole('region', { name: 'Reply' });
  await page.getByLabel('Your reply').fill(words);
  if (file) await reply.locator('input[type=file]').setInputFiles(text(file));
  await page.getByRole('button', { name: 'Send reply' }).click();
  await expect(page.getByText(words)).toBeVisible();
}

function listenedBy(page: Page): string[] {
  const asked: string[] = [];
  page.context().on('request', (request) => {
    if (request.url().includes('/api/v1/events')) asked.push(request.url());
  });
  return asked;
}

test('a reply with a file, a change and a deletion appear at the other without a reload', async ({
  page,
  desk,
  arrive,
}) => {
  await signIn(page, await desk.hire('Mara Lindqvist', 'customer'));
  const address = await openTicket(page, desk, 'Which toner?');
  const asked = listenedBy(page);
  await show(page, address);
  await expect.poll(() => asked.length).toBe(1);
  const agent = await arrive();
  await agent.goto(address);
  await signIn(agent, await desk.hire('Priya Nair', 'agent'));
  await page.getByLabel('Your reply').fill('Half written');

  await write(agent, 'The black one.', 'toner.txt');
  const appeared = page.getByRole('article', { name: 'Priya Nair wrote' });
  await expect(appeared).toContainText('The black one.', { timeout: 3_000 });
  await expect(appeared).toContainText('toner.txt');
  await expect(filesOf(page)).toContainText('toner.txt');
  await expect(page.getByRole('status').filter({ hasText: 'New reply from Priya Nair' })).toBeAttached();
  await expect(page.getByLabel('Your reply')).toBeFocused();
  await expect(page.getByLabel('Your reply')).toHaveValue('Half written');

  await agent.getByLabel('Status').selectOption('Pending');
  await expect(page.locator('header').getByText('Pending').first()).toBeVisible({ timeout: 3_000 });
  await filesOf(agent)
    .getByRole('button', { name: /toner\.txt/ })
    .and(agent.getByRole('button', { name: /delete/i }))
    .first()
    .click();
  await expect(filesOf(page).getByText('toner.txt')).toHaveCount(0, { timeout: 3_000 });
  await expect(appeared).not.toContainText('toner.txt');
});

test('what arrives where one does not look moves nothing, and a button leads there', async ({
  page,
  desk,
  arrive,
}) => {
  await signIn(page, await desk.hire('Mara Lindqvist', 'customer'));
  const address = await openTicket(page, desk, 'A long story');
  const id = address.split('/').at(-1);
  for (let chapter = 1; chapter <= 12; chapter += 1) {
    const data = { body: `Chapter ${chapter}\n\n${'And so on.\n\n'.repeat(8)}` };
    await page.request.post(`/api/v1/tickets/${id}/replies`, { data, headers: { origin: desk.url } });
  }
  const asked = listenedBy(page);
  await show(page, address);
  await expect.poll(() => asked.length).toBe(1);
  await page.evaluate(() => window.scrollTo(0, 0));
  const agent = await arrive();
  await agent.goto(address);
  await signIn(agent, await desk.hire('Priya Nair', 'agent'));
  await write(agent, 'The end.');

  const button = page.getByRole('button', { name: 'New reply' });
  await expect(button).toBeVisible();
  expect(await page.evaluate(() => window.scrollY)).toBe(0);
  await button.click();
  await expect(page.getByText('The end.')).toBeInViewport();
  await expect(page.getByRole('article', { name: 'Priya Nair wrote' })).toBeFocused();
  await expect(button).toHaveCount(0);
});

test('two tabs share one stream; when the first is closed the other goes on', async ({
  page,
  desk,
  arrive,
}) => {
  await signIn(page, await desk.hire('Mara Lindqvist', 'customer'));
  const [address, other] = [
    await openTicket(page, desk, 'In two tabs'),
    await openTicket(page, desk, 'Another'),
  ];
  const asked = listenedBy(page);
  // Of its own, and not the one that the test began with: it is closed.
  const first = await page.context().newPage();
  await show(first, address);
  await expect.poll(() => asked.length).toBe(1);
  const second = await page.context().newPage();
  await show(second, address);
  const agent = await arrive();
  await agent.goto(address);
  await signIn(agent, await desk.hire('Priya Nair', 'agent'));
  await write(agent, 'To both of you.');
  for (const tab of [first, second])
    await expect(tab.getByText('To both of you.')).toBeVisible({ timeout: 3_000 });
  expect(asked).toHaveLength(1);

  // Two tickets: one stream still, for both.
  await show(second, other);
  const shown = () => new URL(asked.at(-1) ?? '').searchParams.getAll('ticket_id').length;
  await expect.poll(shown).toBe(2);
  await show(second, address);
  await expect.poll(shown).toBe(1);
  const before = asked.length;
  await first.close();
  await expect.poll(() => asked.length, { timeout: 2_000 }).toBeGreaterThan(before);
  await write(agent, 'To whoever is left.');
  await expect(second.getByText('To whoever is left.')).toBeVisible({ timeout: 3_000 });
});

test('after signing out nothing is heard', async ({ page, desk }) => {
  await signIn(page, await desk.hire('Mara Lindqvist', 'customer'));
  const address = await openTicket(page, desk, 'On my way out');
  const stream = page.waitForRequest(/\/api\/v1\/events/);
  await show(page, address);
  const ended = page.waitForEvent('requestfailed', (request) => request.url().includes('/api/v1/events'));
  await stream;
  await page.getByRole('button', { name: /Mara Lindqvist/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await ended;
  await expect(page).toHaveURL(/\/sign-in/);
});
