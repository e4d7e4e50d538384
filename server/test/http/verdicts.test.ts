import { afterAll, beforeAll, expect, test } from 'vitest';
import { answerOf } from '../support/browser.ts';
import type { Client } from '../support/client.ts';
import { openTestDesk, type TestDesk } from '../support/desk.ts';
import { expectProblem } from '../support/problem.ts';

let desk: TestDesk;
let requester: Client;
let agent: Client;
beforeAll(async () => {
  desk = await openTestDesk();
  [requester, agent] = await Promise.all([desk.person('customer'), desk.person('agent')]);
});
afterAll(() => desk?.close());

test.each([
  ['pending', 200, 409, 'scan_pending'],
  ['unscannable', 200, 403, 'unscannable'],
  ['quarantined', 403, 403, 'infected'],
  ['infected', 403, 403, 'infected'],
] as const)(
  'what is %s is given to its uploader with %i, to others with %i',
  async (verdict, own, others, code) => {
    const id = await requester.attach(await requester.openTicket());
    await desk.db
      .updateTable('ticket_attachments')
      .set({ virus_scan_status: verdict })
      .where('id', '=', id)
      .execute();
    const fetched = (by: Client) => by.get(`/attachments/${id}/download`);
    expect((await fetched(requester)).status).toBe(own);
    const refused = await fetched(agent);
    expect(refused.headers.has('retry-after')).toBe(verdict === 'pending');
    expectProblem(await answerOf(refused), others, code, { file_name: 'note.txt' });
    expect((await answerOf(await agent.get(`/attachments/${id}`))).json.can.download).toBe(false);
  },
);
