import { beforeEach, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { type Answer, refusal, showApp } from '../support/app.tsx';

const ADA = { id: 'ada', name: 'Ada', email: 'ada@example.com', role: 'agent' };
const AT = '2026-11-20T10:00:00.000Z';
const ticketOf = (number: number) => ({
  ...{ id: `ticket-${number}`, number, subject: `Ticket ${number}`, status: 'open', priority: 'normal' },
  ...{ requester: { id: 'rita', name: 'Rita' }, assignee: null, attachment_count: 0, last_reply: null },
  ...{ created_at: AT, updated_at: AT },
});

let count: number;
let failing: boolean;

beforeEach(() => {
  [count, failing] = [26, false];
});

const server: Answer = ({ path, url }) => {
  if (path === 'auth/get-session') return { user: ADA };
  if (path !== 'tickets') return undefined;
  if (failing) return refusal(503, 'database_unavailable');
  const skip = Number(url.searchParams.get('skip') ?? 0);
  const all = Array.from({ length: count }, (_, index) => ticketOf(index + 1));
  return { data: all.slice(skip, skip + 25), total: count, skip, limit: 25 };
};
const link = (number: number) => page.getByRole('link', { name: `Ticket ${number}`, exact: true });

it('leads to the last page when others have dealt with all of this one', async () => {
  const { queries, router } = await showApp('/tickets?view=unassigned&page=2', server);
  await expect.element(link(26)).toBeVisible();
  count = 25;
  await queries.refetchQueries({ queryKey: ['tickets', 'list'] });
  await expect.element(link(25)).toBeVisible();
  expect(router.state.location.search).toEqual({ view: 'unassigned' });
});

it('keeps what it knows while the server does not answer', async () => {
  const { queries } = await showApp('/tickets?view=unassigned', server);
  await expect.element(link(1)).toBeVisible();
  failing = true;
  await queries.refetchQueries({ queryKey: ['tickets', 'list'] });
  await new Promise((resolve) => setTimeout(resolve, 100));
  await expect.element(link(1)).toBeVisible();
});

it('goes on by keys after their list was looked at', async () => {
  await showApp('/tickets?view=unassigned', server);
  await expect.element(link(1)).toBeVisible();
  // As after coming here from another screen.
  document.querySelector('main')?.focus();
  await userEvent.keyboard('?');
  await expect.element(page.getByRole('dialog', { name: 'Keys' })).toBeVisible();
  await userEvent.keyboard('{Escape}');
  await expect.element(page.getByRole('dialog', { name: 'Keys' })).not.toBeInTheDocument();
  await userEvent.keyboard('j');
  await expect.element(link(1)).toHaveFocus();
});
