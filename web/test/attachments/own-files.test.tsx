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

/** So many files with a reply, newer than the two on the ticket itself. */
function withReplies(count: number): FakeApi {
  const at = (minute: number) => new Date(Date.UTC(2026, 10, 20, 10, minute)).toISOString();
  const ofReply = Array.from({ length: count }, (_, index) =>
    attachmentOf(`reply ${index}.txt`, { reply_id: crypto.randomUUID(), created_at: at(count + 1 - index) }),
  );
  const own = ['second.txt', 'first.txt'].map((name, index) =>
    attachmentOf(name, { created_at: at(1 - index) }),
  );
  return new FakeApi([...ofReply, ...own]);
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
  await expect.poll(own).toBe('first.txt, second.txt');
  expect(api.calls).toEqual(['list 0']);
});

it('are asked for where the list goes on, and follow what becomes of them', async () => {
  api = withReplies(60);
  await open();
  await expect.poll(own).toBe('first.txt, second.txt');
  expect(api.calls).toEqual(['list 0', 'list 0 on ticket']);

  await page.getByRole('button', { name: 'Show more files' }).click();
  await page.getByRole('button', { name: 'Delete second.txt' }).click();
  await expect.poll(own).toBe('first.txt');
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(own).toBe('first.txt, second.txt');
  expect(api.calls.filter((call) => call.startsWith('list'))).toEqual([
    'list 0',
    'list 0 on ticket',
    'list 50',
  ]);
});
