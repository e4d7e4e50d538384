import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { LIVE_KINDS } from '../../src/helpdesk/live.ts';
import { openTestDesk, type TestDesk } from '../support/desk.ts';

const DOCUMENT = readFileSync(new URL('../../../docs/api.md', import.meta.url), 'utf8');
const SECTION = /## What happens, as it happens\n(.*?)\n## /s.exec(DOCUMENT)?.[1] ?? '';

let desk: TestDesk;
beforeAll(async () => {
  desk = await openTestDesk();
});
afterAll(() => desk?.close());

test('the example in curl hears of a reply', async () => {
  const person = await desk.person('customer');
  const ticket = await person.openTicket();
  const script = /```sh\n(.*?)```/s.exec(SECTION)?.[1]?.replaceAll('http://localhost:3000', desk.url) ?? '';
  const listening = spawn('sh', ['-ec', `exec ${script}`], {
    env: { ...process.env, TOKEN: person.token, TICKET: ticket },
  });
  onTestFinished(() => void listening.kill());
  let heard = '';
  listening.stdout.on('data', (bytes) => {
    heard += bytes;
  });
  await expect.poll(() => heard, { timeout: 5_000 }).toContain('event: ready');
  await person.post(`/tickets/${ticket}/replies`, { body: 'See here.' });
  await expect
    .poll(() => heard, { timeout: 5_000 })
    .toMatch(/\nid: \d+-\d+\nevent: reply_added\ndata: {"ticket_id":"[^"]+","reply_id":"[^"]+"}\n\n/);
});

test('docs/api.md tells of every kind of event', () => {
  const told = [...SECTION.matchAll(/^\| (`.*?) \|/gm)].flatMap(
    ([, kinds = '']) => kinds.match(/\w+/g) ?? [],
  );
  expect(told.sort()).toEqual([...LIVE_KINDS, 'ping'].sort());
});
