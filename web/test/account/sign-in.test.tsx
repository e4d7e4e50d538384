import { expect, it } from 'vitest';
import { page } from 'vitest/browser';
import { POLICY } from '../attachments/fakes.ts';
import { type Answer, refusal, showApp } from '../support/app.tsx';

const ADA = { id: 'ada', name: 'Ada', email: 'ada@example.com', role: 'agent' };
const EVE = { id: 'eve', name: 'Eve', email: 'eve@example.com', role: 'customer' };
const CAN = { reply: true, note: true, attach: true, follow_up: true, edit: true, hold: false };
const TICKET = {
  ...{ id: 'ticket-1', number: 7, subject: 'Their secret', description: 'It smokes.', priority: 'normal' },
  ...{ status: 'open', requester: { id: 'rita', name: 'Rita' }, assignee: null, participants: [], can: CAN },
  ...{ attachment_count: 0, last_reply: null, legal_hold: null },
  ...{ created_at: '2026-11-20T10:00:00.000Z', updated_at: '2026-11-20T10:00:00.000Z' },
};
const WELCOME = { sign_up: 'closed', set_up_needed: false, demo_accounts: [] };

it('who signs in after a session has ended sees nothing of whoever had it', async () => {
  let who: typeof ADA | undefined = ADA;
  const never = new Promise<never>(() => {});
  const server: Answer = ({ path }) => {
    if (path === 'welcome') return WELCOME;
    if (path === 'auth/sign-in/email') who = EVE;
    if (!who) return refusal(401, 'not_signed_in');
    if (path.startsWith('auth/')) return { user: who };
    if (who === EVE) return never;
    if (path === 'attachments/policy') return POLICY;
    return path === 'tickets/ticket-1' ? TICKET : undefined;
  };
  const { queries, router } = await showApp('/tickets/ticket-1', server);
  await expect.element(page.getByText('Their secret')).toBeVisible();
  who = undefined;
  await queries.refetchQueries({ queryKey: ['tickets', 'ticket-1'], exact: true });
  await page.getByLabelText('E-mail address').fill(EVE.email);
  await page.getByLabelText('Password', { exact: true }).fill('correct horse');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect.element(page.getByRole('button', { name: /^Account: Eve/ })).toBeVisible();
  expect(router.state.location.pathname).toBe('/tickets/ticket-1');
  await expect.element(page.getByText('Their secret')).not.toBeInTheDocument();
});
