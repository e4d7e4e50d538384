import { expect, it } from 'vitest';
import type { Reply } from '../../src/api/client.ts';
import { entriesOf } from '../../src/tickets/entries.ts';
import { attachmentOf } from '../attachments/fakes.ts';

const at = (minute: number) => new Date(Date.UTC(2026, 10, 20, 10, minute)).toISOString();
const reply = (minute: number) => ({ id: `reply ${minute}`, created_at: at(minute) }) as Reply;
const file = (sent: number, judged: number | null) =>
  attachmentOf(`file ${judged}`, {
    created_at: at(sent),
    virus_scan_timestamp: judged === null ? null : at(judged),
  });
const names = (entries: ReturnType<typeof entriesOf>) =>
  entries.map((entry) => ('reply' in entry ? entry.reply.id : entry.blocked.file_name));

it('stand in the order they happened', () => {
  const entries = entriesOf([reply(10), reply(20)], [file(20, 30), file(1, 15)], true);
  expect(names(entries)).toEqual(['reply 10', 'file 15', 'reply 20', 'file 30']);
});

it('come after the message with the file, which was judged while it was still written', () => {
  const entries = entriesOf([reply(10), reply(20)], [file(20, 5)], true);
  expect(names(entries)).toEqual(['reply 10', 'reply 20', 'file 5']);
});

it('wait for the replies that are not known yet', () => {
  const blocked = [file(1, 15), file(1, 30)];
  expect(names(entriesOf([reply(10), reply(20)], blocked, false))).toEqual([
    'reply 10',
    'file 15',
    'reply 20',
  ]);
  expect(entriesOf([], blocked, false)).toEqual([]);
});
