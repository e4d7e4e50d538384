import { expect, filesOf, PASSWORD, tabTo, test } from './desk.ts';

test('from sign-up to Undo without a mouse', async ({ page, desk, arrive }) => {
  const keys = page.keyboard;
  await page.goto('/');
  await tabTo(page, page.getByRole('link', { name: 'Sign up' }));
  await keys.press('Enter');
  await tabTo(page, page.getByLabel('Your name'));
  await keys.type('Kim Larsen');
  await tabTo(page, page.getByLabel('E-mail address'));
  await keys.type(`kim-${Date.now()}@example.com`);
  await tabTo(page, page.getByLabel('Password', { exact: true }));
  await keys.type(PASSWORD);
  await keys.press('Enter');

  await tabTo(page, page.getByRole('link', { name: 'New ticket' }).first());
  await keys.press('Enter');
  await tabTo(page, page.getByLabel('Subject'));
  await keys.type('Without a mouse');
  await tabTo(page, page.getByLabel('What is it about?'));
  await keys.type('It broke.');
  const attach = page.getByRole('button', { name: 'Attach files' });
  await tabTo(page, attach);
  const chooser = page.waitForEvent('filechooser');
  await keys.press('Enter');
  await (await chooser).setFiles([
    { name: 'one.txt', mimeType: 'text/plain', buffer: Buffer.from('one') },
    { name: 'two.txt', mimeType: 'text/plain', buffer: Buffer.from('two') },
  ]);
  await expect(page.getByText(/^Ready/)).toHaveCount(2);
  await tabTo(page, page.getByRole('button', { name: 'Create ticket' }));
  await keys.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Without a mouse' })).toBeVisible();

  await tabTo(page, page.getByLabel('Your reply'));
  await keys.type('It still is broken.');
  await keys.press('Control+Enter');
  await expect(page.getByRole('article', { name: 'Kim Larsen wrote' }).last()).toContainText(
    'still is broken',
  );

  const opener = filesOf(page).getByRole('button', { name: 'Open one.txt' });
  await tabTo(page, opener);
  await keys.press('Enter');
  const box = page.getByRole('dialog', { name: 'one.txt' });
  await expect(box).toContainText('one');
  await keys.press('ArrowRight');
  await expect(page.getByRole('dialog', { name: 'two.txt' })).toBeVisible();
  await keys.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(opener).toBeFocused();

  await tabTo(page, filesOf(page).getByRole('button', { name: 'Delete one.txt' }));
  await keys.press('Enter');
  await expect(filesOf(page).getByRole('listitem')).toHaveCount(1);
  await expect(filesOf(page).getByRole('button', { name: 'Open two.txt' })).toBeFocused();
  await keys.press('F6');
  await tabTo(page, page.getByRole('button', { name: 'Undo' }));
  await keys.press('Enter');
  await expect(filesOf(page).getByRole('listitem')).toHaveCount(2);
  await expect(page.getByText('one.txt is back')).toBeVisible();

  const agent = await arrive();
  await agent.goto('/');
  await tabTo(agent, agent.getByLabel('E-mail address'));
  await agent.keyboard.type((await desk.hire('Priya Nair', 'agent')).email);
  await tabTo(agent, agent.getByLabel('Password', { exact: true }));
  await agent.keyboard.type(PASSWORD);
  await agent.keyboard.press('Enter');
  const inList = agent.getByRole('row').getByRole('link', { name: 'Without a mouse' });
  await agent.getByRole('heading', { level: 1, name: 'Unassigned' }).waitFor();
  await agent.keyboard.press('/');
  await agent.keyboard.type('without a');
  await expect(agent).toHaveURL(/q=without\+a/);
  await tabTo(agent, inList);
  await agent.keyboard.press('Enter');
  await expect(agent.getByRole('heading', { level: 1, name: 'Without a mouse' })).toBeVisible();
  await tabTo(agent, agent.getByRole('radio', { name: 'Reply', exact: true }));
  await agent.keyboard.press('ArrowRight');
  await tabTo(agent, agent.getByLabel('Note for agents only'));
  await agent.keyboard.type('Kim has no mouse.');
  await tabTo(agent, agent.getByRole('button', { name: 'Add note' }));
  await agent.keyboard.press('Enter');
  await expect(agent.getByRole('article', { name: 'Internal note of Priya Nair' })).toContainText('no mouse');
  await tabTo(agent, agent.getByRole('link', { name: 'Tickets' }));
  await agent.keyboard.press('Enter');
  await expect(agent.getByRole('heading', { level: 1, name: 'Unassigned' })).toBeVisible();
  await expect(agent.getByRole('main')).toBeFocused();
  const newest = agent.locator('tbody').getByRole('link').first();
  await newest.waitFor();
  await agent.keyboard.press('j');
  await expect(newest).toBeFocused();

  await page.reload();
  await expect(page.getByText('It still is broken.')).toBeVisible();
  await expect(page.getByText('Kim has no mouse.')).toHaveCount(0);
});
