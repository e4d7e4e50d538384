import type { QueryClient } from '@tanstack/react-query';
import { beforeEach, expect, it } from 'vitest';
import { page } from 'vitest/browser';
import type { Attachment, Me, Reply, Ticket } from '../../src/api/client.ts';
import { sessionQuery } from '../../src/app/session.ts';
import { Conversation } from '../../src/tickets/Conversation.tsx';
import { repliesQuery } from '../../src/tickets/queries.ts';
import { attachmentOf, FakeApi } from '../attachments/fakes.ts';
import { show } from '../support/show.tsx';

const MARA = { id: '00000000-0000-4000-8000-00000000000a', name: 'Mara Lindqvist' };
const JONAS = { id: '00000000-0000-4000-8000-00000000000b', name: 'Jonas Weber' };
const at = (minute: number) => new Date(Date.UTC(2026, 10, 20, 10, minute)).toISOString();

const TICKET = {
  ...{ id: 'ticket-1', requester: MARA, description: 'It began today.', created_at: at(0) },
} as Ticket;
const reply = (body: string, minute: number) =>
  ({
    id: body,
    author: JONAS,
    body,
    internal: false,
    created_at: at(minute),
    attachments: [],
  }) as unknown as Reply;

let api: FakeApi;

beforeEach(() => {
  localStorage.clear();
  api = new FakeApi([
    blocked('by-mara.zip', MARA, 5, { virus_scan_status: 'unscannable', virus_scan_result: 'encrypted' }),
    blocked('by-jonas.pdf', JONAS, 15, { virus_scan_status: 'quarantined', virus_scan_result: 'Test.Sig' }),
    attachmentOf('fine.pdf', { virus_scan_status: 'clean', uploaded_by: MARA.id }),
  ]);
});

function blocked(
  name: string,
  uploader: { id: string; name: string },
  minute: number,
  more: Partial<Attachment>,
): Attachment {
  const file = attachmentOf(name, { uploaded_by: uploader.id, uploader, created_at: at(1), ...more });
  return { ...file, virus_scan_timestamp: at(minute) };
}

async function open(me: { id: string; name: string }, role: Me['role'], hasMore = false) {
  const replies = [reply('First reply', 10), reply('Second reply', 20)];
  const known = (queries: QueryClient) => {
    queries.setQueryData(sessionQuery.queryKey, { ...me, role } as Me);
    queries.setQueryData(repliesQuery(TICKET.id).queryKey, {
      pages: [{ data: replies, skip: 0, limit: 100, total: hasMore ? 300 : 2 }],
      pageParams: [0],
    });
  };
  await show(<Conversation ticket={TICKET} files={api} />, { known });
  await expect.element(page.getByText('Second reply')).toBeVisible();
  await expect.element(page.getByText(/^by-mara\.zip could not/)).toBeVisible();
}
const entries = () =>
  [...document.querySelectorAll('section > ol > li')].map((item) => item.textContent ?? '');

it('tells the desk of every blocked file, when it was blocked', async () => {
  await open({ id: 'priya', name: 'Priya Nair' }, 'agent');
  expect(entries()).toEqual([
    expect.stringContaining('It began today.'),
    expect.stringContaining('by-mara.zip could not be scanned: encrypted.'),
    expect.stringContaining('First reply'),
    expect.stringContaining('by-jonas.pdf was blocked: malware was found (Test.Sig).'),
    expect.stringContaining('Second reply'),
  ]);
});

it('tells customers of files that they sent themselves', async () => {
  await open(MARA, 'customer');
  expect(entries()).toHaveLength(4);
  expect(entries().join()).not.toContain('by-jonas.pdf was blocked');
});

it('asks nothing more where all files are known', async () => {
  await open(MARA, 'customer');
  expect(api.calls).toEqual(['list 0']);
});

it('asks for blocked files where the list goes on, if files are scanned here', async () => {
  const others = Array.from({ length: 60 }, (_, index) => attachmentOf(`${index}.pdf`));
  api.files = [...others, ...api.files];
  await open(MARA, 'customer');
  expect(api.calls.toSorted()).toEqual([
    'list 0',
    'list 0 on ticket',
    'list 0 quarantined',
    'list 0 unscannable',
  ]);
});

it('releases a file from there, and tells who did', async () => {
  const [file] = api.files;
  if (file) file.can = { ...file.can, download: false, release: true };
  await open({ id: 'priya', name: 'Priya Nair' }, 'agent');
  await page.getByRole('button', { name: 'Release by-mara.zip' }).click();
  await page.getByRole('textbox', { name: 'Reason' }).fill('They rang me');
  await page.getByRole('button', { name: 'Release', exact: true }).click();
  const notice = page
    .getByText(/^by-mara\.zip could not/)
    .element()
    .closest('p');
  await expect.poll(() => notice?.textContent).toContain('Grace Hopper released it: They rang me');
  await expect.element(page.getByRole('dialog')).not.toBeInTheDocument();
  await expect.poll(() => document.activeElement).toBe(notice);
});
