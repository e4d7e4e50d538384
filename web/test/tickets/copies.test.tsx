import { expect, it } from 'vitest';
import { page } from 'vitest/browser';
import { POLICY } from '../attachments/fakes.ts';
import { type Answer, showApp } from '../support/app.tsx';

const ADA = { id: 'ada', name: 'Ada', email: 'ada@example.com', role: 'agent' };
const AT = '2026-11-20T10:00:00.000Z';
const personOf = (id: string) => ({ id, name: id });
const ticketOf = (...people: string[]) => ({
  ...{ id: 'ticket-1', number: 1, subject: 'Printer', description: 'It smokes.', status: 'open' },
  ...{ priority: 'normal', requester: { id: 'rita', name: 'Rita' }, assignee: null },
  ...{ participants: people.map(personOf), attachment_count: 0, last_reply: null, legal_hold: null },
  ...{ created_at: AT, updated_at: AT },
  can: { reply: true, note: true, attach: false, follow_up: true, edit: true, hold: false },
});
const remove = (name: string) => page.getByRole('button', { name: `Take ${name} out of copy` });

it('who is taken out of copy stays out when the next one goes before the answer, and focus goes on', async () => {
  const asked: unknown[] = [];
  const answers: PromiseWithResolvers<unknown>[] = [];
  const server: Answer = ({ method, path, body }) => {
    if (path === 'auth/get-session') return { user: ADA };
    if (path === 'attachments/policy') return POLICY;
    if (method === 'PATCH') {
      asked.push(body);
      const answer = Promise.withResolvers<unknown>();
      answers.push(answer);
      return answer.promise;
    }
    return path === 'tickets/ticket-1' ? ticketOf('Ben', 'Cleo', 'Dora') : undefined;
  };
  await showApp('/tickets/ticket-1', server);
  await page.getByText('Details', { exact: true }).click();
  await remove('Ben').click();
  await expect.element(remove('Ben')).not.toBeInTheDocument();
  await expect.element(remove('Cleo')).toHaveFocus();
  await remove('Cleo').click();
  await expect.element(remove('Dora')).toHaveFocus();
  await expect.poll(() => asked).toEqual([{ participants: ['Cleo', 'Dora'] }, { participants: ['Dora'] }]);
  answers[0]?.resolve(ticketOf('Cleo', 'Dora'));
  answers[1]?.resolve(ticketOf('Dora'));
  await expect.element(remove('Dora')).toHaveFocus();
  await expect.element(remove('Cleo')).not.toBeInTheDocument();
});
