import { beforeEach, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { POLICY } from '../attachments/fakes.ts';
import { type Answer, refusal, showApp } from '../support/app.tsx';

const ADA = { id: 'ada', name: 'Ada', email: 'ada@example.com', role: 'agent' };
const AT = '2026-11-20T10:00:00.000Z';
const CAN = { reply: true, note: true, attach: false, follow_up: true, edit: true, hold: false };
const ticketOf = (number: number, can = CAN) => ({
  ...{ id: `ticket-${number}`, number, subject: `Ticket ${number}`, description: 'It smokes.', can },
  ...{ status: 'open', priority: 'normal', requester: { id: 'rita', name: 'Rita' }, assignee: null },
  ...{ participants: [], attachment_count: 0, last_reply: null, legal_hold: null },
  ...{ created_at: AT, updated_at: AT },
});
const replyOf = (body: string) => ({
  ...{ id: `id of ${body}`, body, author: ADA, internal: false, created_at: AT, attachments: [] },
});

let can: typeof CAN;
let replies: ReturnType<typeof replyOf>[];
let posted: PromiseWithResolvers<unknown>[];
let keys: (string | null)[];

beforeEach(() => {
  localStorage.clear();
  sessionStorage.clear();
  [can, replies, posted, keys] = [CAN, [], [], []];
});

const server: Answer = ({ method, path, url, headers }) => {
  if (path === 'auth/get-session') return { user: ADA };
  if (path === 'attachments/policy') return POLICY;
  if (method === 'POST') {
    const answer = Promise.withResolvers<unknown>();
    posted.push(answer);
    keys.push(headers.get('idempotency-key'));
    return answer.promise;
  }
  if (path === 'tickets') return { data: [ticketOf(1), ticketOf(2)], total: 2, skip: 0, limit: 25 };
  if (path.endsWith('/replies')) {
    const [skip, limit] = ['skip', 'limit'].map((name) => Number(url.searchParams.get(name)));
    const data = replies.slice(skip, (skip ?? 0) + (limit ?? 0));
    return { data, total: replies.length, skip, limit };
  }
  const [, number] = /^tickets\/ticket-(\d)$/.exec(path) ?? [];
  return number && ticketOf(Number(number), can);
};

const open = (ticket = 1) => showApp(`/tickets/ticket-${ticket}`, server);
const field = () => page.getByRole('textbox', { name: 'Your reply' });
const send = () => page.getByRole('button', { name: 'Send reply' }).click();
const sent = (count: number) => expect.poll(() => posted).toHaveLength(count);

it('what is sent by the time its writer is elsewhere is no draft any more', async () => {
  const { router } = await open();
  await field().fill('My answer');
  await send();
  await sent(1);
  await router.navigate({ to: '/tickets/$ticketId', params: { ticketId: 'ticket-2' } });
  await expect.element(page.getByRole('heading', { name: 'Ticket 2' })).toBeVisible();
  posted[0]?.resolve(replyOf('My answer'));
  await expect.element(page.getByText('Reply sent')).toBeInTheDocument();
  router.history.back();
  await expect.element(page.getByRole('heading', { name: 'Ticket 1' })).toBeVisible();
  await expect.element(field()).toHaveValue('');
});

it('what is refused by then is told, and is a draft still', async () => {
  const { router } = await open();
  await field().fill('My answer');
  await send();
  await sent(1);
  await router.navigate({ to: '/tickets/$ticketId', params: { ticketId: 'ticket-2' } });
  await expect.element(page.getByRole('heading', { name: 'Ticket 2' })).toBeVisible();
  posted[0]?.resolve(refusal(409, 'ticket_closed'));
  await expect.element(page.getByText('Your reply on #1 was not sent').first()).toBeVisible();
  router.history.back();
  await expect.element(page.getByRole('heading', { name: 'Ticket 1' })).toBeVisible();
  await expect.element(field()).toHaveValue('My answer');
});

it('what is typed while a reply is on its way stays', async () => {
  await open();
  await field().fill('My answer');
  await userEvent.keyboard('{Control>}{Enter}{/Control}');
  await sent(1);
  await field().fill('My answer, and one thing more');
  posted[0]?.resolve(replyOf('My answer'));
  await expect.element(page.getByRole('article').getByText('My answer')).toBeVisible();
  await expect.element(field()).toHaveValue('My answer, and one thing more');
});

it('a reply whose answer was lost with the page goes again under the same key, the next under another', async () => {
  const first = await open();
  await field().fill('My answer');
  await send();
  await sent(1);
  await first.unmount();
  await open();
  await expect.element(field()).toHaveValue('My answer');
  await send();
  await sent(2);
  posted[1]?.resolve(replyOf('My answer'));
  await expect.element(field()).toHaveValue('');
  await field().fill('My answer');
  await send();
  await sent(3);
  expect(keys[1]).toBe(keys[0]);
  expect(keys[2]).not.toBe(keys[0]);
});

it('what somebody was writing when the ticket was closed is still to be read', async () => {
  const { queries } = await open();
  await field().fill('Half a sent');
  can = { ...CAN, reply: false, note: false };
  await queries.invalidateQueries({ queryKey: ['tickets', 'ticket-1'] });
  await expect.element(page.getByText(/takes no more replies/)).toBeVisible();
  await expect.element(page.getByLabelText('What you were writing')).toHaveValue('Half a sent');
});

it('of a long conversation nothing is missing, and nothing is there twice, after a reply of one’s own', async () => {
  replies = Array.from({ length: 250 }, (_, index) => replyOf(`Reply ${index}.`));
  const { container } = await open();
  const bodies = () => [...container.querySelectorAll('article p')].map((one) => one.textContent);
  await expect.poll(bodies).toContain('Reply 99.');
  await field().fill('Mine.');
  await send();
  await sent(1);
  replies.push(replyOf('Mine.'));
  posted[0]?.resolve(replyOf('Mine.'));
  await expect.element(field()).toHaveValue('');
  for (const last of ['Reply 199.', 'Mine.']) {
    await page.getByRole('button', { name: 'Show more replies' }).click();
    await expect.poll(bodies).toContain(last);
  }
  const shown = bodies().filter((one) => one?.startsWith('Reply') || one === 'Mine.');
  expect(shown).toEqual(replies.map(({ body }) => body));
});

it('a reply that comes right after a full page is shown, and stays', async () => {
  replies = Array.from({ length: 100 }, (_, index) => replyOf(`Reply ${index}.`));
  const { queries } = await open();
  await expect.element(page.getByText('Reply 99.')).toBeInTheDocument();
  await field().fill('Mine.');
  await send();
  await sent(1);
  replies.push(replyOf('Mine.'));
  posted[0]?.resolve(replyOf('Mine.'));
  await expect.element(page.getByRole('article').getByText('Mine.')).toBeVisible();
  await queries.refetchQueries({ queryKey: ['tickets', 'ticket-1', 'replies'] });
  await expect.element(page.getByRole('article').getByText('Mine.')).toBeVisible();
});
