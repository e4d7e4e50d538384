import { useQuery } from '@tanstack/react-query';
import { afterEach, expect, it, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import type { Ticket } from '../../src/api/client.ts';

/** Answers of the server, in turn; the client of the API takes hold of `fetch` when it is loaded. */
const server = vi.fn<(method: string, body: unknown) => Response | Promise<Response>>();
globalThis.fetch = async (request) => {
  if (!(request instanceof Request)) throw new Error('Only the client of the API was expected');
  return server(request.method, await request.json());
};
const { ticketQuery } = await import('../../src/tickets/queries.ts');
const { default: TicketHold } = await import('../../src/tickets/TicketHold.tsx');
const { show } = await import('../support/show.tsx');

const HELEN = { id: '00000000-0000-4000-8000-000000000003', name: 'Helen Okafor' };
const HOLD = { at: '2026-11-20T10:00:00.000Z', by: HELEN, reason: 'Smith v. Jones' };
const ADMIN = { hold: true };
const AGENT = { hold: false };

const ticketOf = (legal_hold: Ticket['legal_hold'], can: { hold: boolean }) =>
  ({ id: 'ticket-1', number: 7, legal_hold, can }) as Ticket;

afterEach(() => server.mockReset());

/** As the ticket's page shows it: from what is known of the ticket. */
function Rail() {
  const { data } = useQuery(ticketQuery('ticket-1'));
  return data && <TicketHold ticket={data} />;
}

function open(ticket: Ticket) {
  return show(<Rail />, {
    known: (queries) => queries.setQueryData(ticketQuery('ticket-1').queryKey, ticket),
  });
}

const notice = () => page.getByRole('region', { name: 'Under legal hold' });
const button = (name: string) => page.getByRole('button', { name });
const dialog = () => page.getByRole('dialog');

it('tells an agent by whom, since when and why, and offers nothing', async () => {
  await open(ticketOf(HOLD, AGENT));
  await expect.element(notice()).toMatchTextContent(/Smith v\. Jones.*Helen Okafor/);
  expect(notice().element().querySelector('time')?.dateTime).toBe(HOLD.at);
  await expect.element(page.getByRole('button')).not.toBeInTheDocument();
});

it('tells an agent nothing of a ticket that is not held', async () => {
  const { container } = await open(ticketOf(null, AGENT));
  expect(container.textContent).toBe('');
});

it('is put there by an admin, with a reason, by keyboard alone', async () => {
  server.mockReturnValue(Response.json(ticketOf(HOLD, ADMIN)));
  await open(ticketOf(null, ADMIN));
  await expect.element(notice()).not.toBeInTheDocument();
  (button('Put under legal hold…').element() as HTMLElement).focus();
  await userEvent.keyboard('{Enter}');
  await expect.element(dialog().getByLabelText('Reason')).toHaveFocus();
  await userEvent.keyboard('  Smith v. Jones {Tab}{Tab}{Enter}');
  await expect.element(notice()).toMatchTextContent('Smith v. Jones');
  await expect.element(page.getByText('Ticket #7 is under legal hold')).toBeInTheDocument();
  await expect.element(button('Change reason…')).toHaveFocus();
  expect(server.mock.calls).toEqual([['PUT', { reason: 'Smith v. Jones' }]]);
});

it('is not put there without a reason', async () => {
  await open(ticketOf(null, ADMIN));
  await button('Put under legal hold…').click();
  await dialog().getByLabelText('Reason').fill('   ');
  await dialog().getByRole('button', { name: 'Put under legal hold' }).click();
  await expect.element(page.getByRole('alert')).toHaveFocus();
  await expect.element(page.getByRole('alert')).toMatchTextContent('Enter a reason');
  expect(server).not.toHaveBeenCalled();
});

it('gets another reason, beginning with the one it has', async () => {
  server.mockReturnValue(Response.json(ticketOf({ ...HOLD, reason: 'Smith v. Brown' }, ADMIN)));
  await open(ticketOf(HOLD, ADMIN));
  await button('Change reason…').click();
  await expect.element(dialog().getByLabelText('Reason')).toHaveValue('Smith v. Jones');
  await dialog().getByLabelText('Reason').fill('Smith v. Brown');
  await dialog().getByRole('button', { name: 'Change the reason' }).click();
  await expect.element(notice()).toMatchTextContent('Smith v. Brown');
  await expect.element(button('Change reason…')).toHaveFocus();
});

it('is let go, with a reason of its own', async () => {
  server.mockReturnValue(Response.json(ticketOf(null, ADMIN)));
  await open(ticketOf(HOLD, ADMIN));
  await button('Lift hold…').click();
  await expect.element(dialog().getByLabelText('Reason')).toHaveValue('');
  await dialog().getByLabelText('Reason').fill('Settled');
  await dialog().getByRole('button', { name: 'Lift the legal hold' }).click();
  await expect.element(page.getByText('The legal hold on Ticket #7 is lifted')).toBeInTheDocument();
  await expect.element(notice()).not.toBeInTheDocument();
  await expect.element(button('Put under legal hold…')).toHaveFocus();
  expect(server.mock.calls).toEqual([['DELETE', { reason: 'Settled' }]]);
});

it('gives focus back to what was pressed when nothing is done after all', async () => {
  await open(ticketOf(HOLD, ADMIN));
  for (const name of ['Lift hold…', 'Change reason…']) {
    await button(name).click();
    await expect.element(dialog().getByLabelText('Reason')).toHaveFocus();
    await userEvent.keyboard('{Escape}');
    await expect.element(dialog()).not.toBeInTheDocument();
    await expect.element(button(name)).toHaveFocus();
  }
});

it('stays as it is where the server refuses; the dialog stays with what was written, to try again', async () => {
  let answer = (_: Response) => {};
  server.mockReturnValueOnce(new Promise((resolve) => (answer = resolve)));
  server.mockReturnValueOnce(Response.json(ticketOf(null, ADMIN)));
  await open(ticketOf(HOLD, ADMIN));
  await button('Lift hold…').click();
  await dialog().getByLabelText('Reason').fill('Settled');
  const lift = dialog().getByRole('button', { name: 'Lift the legal hold' });
  await lift.click();
  await expect.poll(() => server.mock.calls.length).toBe(1);
  await settled();
  answer(Response.json({ code: 'forbidden' }, { status: 403 }));
  await expect.element(dialog().getByRole('alert')).toHaveFocus();
  await expect.element(dialog().getByLabelText('Reason')).toHaveValue('Settled');
  await expect.element(page.getByText('Smith v. Jones')).toBeInTheDocument();
  await lift.click();
  await expect.element(button('Put under legal hold…')).toHaveFocus();
});

/** What closes has gone. */
async function settled() {
  await new Promise((resolve) => requestAnimationFrame(resolve));
  await Promise.allSettled(document.getAnimations().map(({ finished }) => finished));
}
