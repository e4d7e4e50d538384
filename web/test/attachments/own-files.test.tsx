import { beforeEach, expect, it } from 'vitest';
import { page } from 'vitest/browser';
import { AttachmentList } from '../../src/attachments/AttachmentList.tsx';
import { useOwnFiles } from '../../src/attachments/list-query.ts';
import { show } from '../support/show.tsx';
import { attachmentOf, FakeApi } from './fakes.ts';

let api: FakeApi;

beforeEach(() => {
  localStorage.clear();
});

/** So many files on replies; of the three on the ticket itself two are older, and one is newer. */
function withReplies(count: number): FakeApi {
  const at = (minute: number) => new Date(Date.UTC(2026, 10, 20, 10, minute)).toISOString();
  const ofReply = (index: number) => ({ reply_id: crypto.randomUUID(), created_at: at(count + 1 - index) });
  return new FakeApi([
    attachmentOf('third.txt', { created_at: at(count + 2) }),
    ...Array.from({ length: count }, (_, index) => attachmentOf(`reply ${index}.txt`, ofReply(index))),
    attachmentOf('second.txt', { created_at: at(1) }),
    attachmentOf('first.txt', { created_at: at(0) }),
  ]);
}

function Own() {
  const files = useOwnFiles(api, 'ticket-1');
  return <p data-testid="own">{files.map(({ file_name }) => file_name).join(', ')}</p>;
}

const open = () =>
  show(
    <>
      <Own />
      <AttachmentList api={api} ticketId="ticket-1" />
    </>,
  );
const own = () => page.getByTestId('own').element().textContent;

it('come out of the list where that is whole', async () => {
  api = withReplies(5);
  await open();
  await expect.poll(own).toBe('first.txt, second.txt, third.txt');
  expect(api.calls).toEqual(['list 0']);
});

it('are asked for where the list goes on, and follow what becomes of them', async () => {
  api = withReplies(60);
  await open();
  await expect.poll(own).toBe('first.txt, second.txt, third.txt');
  await page.getByRole('button', { name: 'Delete third.txt' }).click();
  await expect.poll(own).toBe('first.txt, second.txt');
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(own).toBe('first.txt, second.txt, third.txt');

  document.querySelector('[data-file]:last-child')?.scrollIntoView();
  await expect.poll(() => document.querySelectorAll('[data-file]').length).toBe(63);
  expect(own()).toBe('first.txt, second.txt, third.txt');
  const asked = api.calls.filter((call) => call.startsWith('list'));
  expect(asked).toEqual(['list 0', 'list 0 on ticket', 'list 50']);
});
