import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Answer, answerOf } from '../support/browser.ts';
import type { Client } from '../support/client.ts';
import { openTestDesk, type TestDesk } from '../support/desk.ts';
import { expectOrder } from '../support/disorder.ts';
import { Exchange } from '../support/exchange.ts';
import { FORM_TYPE, filePart, form, post } from '../support/form.ts';
import { expectProblem } from '../support/problem.ts';

let desk: TestDesk;
let requester: Client;
let participant: Client;
let agent: Client;
let colleague: Client;
let admin: Client;
let ticket: string;

beforeAll(async () => {
  desk = await openTestDesk();
  [requester, participant, agent, colleague, admin] = await Promise.all([
    desk.person('customer'),
    desk.person('customer'),
    desk.person('agent'),
    desk.person('agent'),
    desk.person('admin'),
  ]);
});
beforeEach(async () => {
  ticket = await requester.openTicket({ participants: [participant.id] });
});
afterAll(() => desk?.close());
afterEach(() => expectOrder(desk));

const BODY = form([filePart()]);
const attach = (who: Client, to = `/tickets/${ticket}`) => post(who, `${to}/attachments`, BODY);
const close = () => agent.send('PATCH', `/tickets/${ticket}`, { status: 'closed' });

async function replyOf(author: Client, more: Record<string, unknown> = {}): Promise<string> {
  const path = `/tickets/${ticket}/replies`;
  const { json } = await answerOf(await author.post(path, { body: 'See here.', ...more }));
  return `${path}/${json.id}`;
}

describe('onto a ticket', () => {
  test('the requester, agents and admins put files', async () => {
    for (const who of [requester, agent, admin]) expect((await attach(who)).status).toBe(201);
  });

  test('whoever is in copy reads and replies, and attaches nothing', async () => {
    expectProblem(await attach(participant), 403, 'forbidden');
    const { json: staged } = await post(participant, '/uploads', BODY);
    const reply = { body: 'See here.', upload_ids: [staged.id] };
    const answer = await answerOf(await participant.post(`/tickets/${ticket}/replies`, reply));
    expectProblem(answer, 403, 'forbidden');
  });

  test('nobody puts a file there who is not signed in, and no stranger', async () => {
    expectProblem(await attach(desk.anonymous), 401, 'not_signed_in');
    expectProblem(await attach(await desk.person('customer')), 403, 'forbidden');
  });

  test.each([
    ['is not there', randomUUID()],
    ['has no id at all', '1'],
    ['has an id of another form', randomUUID().toUpperCase()],
  ])('that %s: 404', async (_, id) => {
    const answer = await attach(requester, `/tickets/${id}`);
    expect(answer.status).toBe(404);
    expectProblem(answer, 404, answer.json.code);
  });

  test('that is closed: 409 for all, in every way', async () => {
    const reply = await replyOf(requester);
    const { json: staged } = await post(requester, '/uploads', BODY);
    await close();
    for (const who of [requester, agent, admin]) expectProblem(await attach(who), 409, 'ticket_closed');
    expectProblem(await attach(requester, reply), 409, 'ticket_closed');
    const claim = { body: 'See here.', upload_ids: [staged.id] };
    const answer = await answerOf(await requester.post(`/tickets/${ticket}/replies`, claim));
    expectProblem(answer, 409, 'ticket_closed');
    expect((await requester.get(`/uploads/${staged.id}`)).status).toBe(200);
  });
});

describe('onto a reply', () => {
  test('its author puts files and nobody else does', async () => {
    const reply = await replyOf(requester);
    expect((await attach(requester, reply)).status).toBe(201);
    for (const who of [agent, admin, participant]) {
      expectProblem(await attach(who, reply), 403, 'forbidden');
    }
  });

  test('that is internal does not exist for customers, and is its author’s for the rest', async () => {
    const note = await replyOf(agent, { internal: true });
    for (const who of [requester, participant]) {
      expectProblem(await attach(who, note), 404, 'reply_not_found');
    }
    for (const who of [colleague, admin]) expectProblem(await attach(who, note), 403, 'forbidden');
    const { status, json } = await attach(agent, note);
    expect(status).toBe(201);
    expect(await (await requester.get(`/tickets/${ticket}/attachments`)).json()).toMatchObject({ total: 0 });
    expect((await requester.get(`/attachments/${json.id}`)).status).toBe(404);
  });

  test('of another ticket is not there', async () => {
    const reply = await replyOf(requester);
    const other = await requester.openTicket();
    expectProblem(await attach(requester, reply.replace(ticket, other)), 404, 'reply_not_found');
  });
});

describe('what changes while the bytes arrive counts', () => {
  /** Begins an upload, lets something happen, and ends it. */
  async function meanwhile(who: Client, change: () => Promise<unknown>): Promise<Answer | undefined> {
    const path = `/tickets/${ticket}/attachments`;
    const exchange = await Exchange.open(who, path, { ...FORM_TYPE, 'content-length': BODY.length });
    await exchange.write(BODY.subarray(0, -10));
    await expect
      .poll(() => desk.db.selectFrom('uploads').select('id').where('state', '=', 'receiving').execute())
      .toHaveLength(1);
    await change();
    await exchange.write(BODY.subarray(-10));
    const answer = await exchange.answer;
    expect(await (await agent.get(`/tickets/${ticket}/attachments`)).json()).toMatchObject({ total: 0 });
    return answer;
  }

  test('the ticket is closed', async () => {
    expectProblem(await meanwhile(requester, close), 409, 'ticket_closed');
  });

  test('the uploader is disabled', async () => {
    const leaver = await desk.person('agent');
    const disable = () => admin.send('PATCH', `/users/${leaver.id}`, { disabled: true });
    expectProblem(await meanwhile(leaver, disable), 403, 'account_disabled');
  });

  test('the uploader is no agent any more', async () => {
    const mover = await desk.person('agent');
    const demote = () => admin.send('PATCH', `/users/${mover.id}`, { role: 'customer' });
    expectProblem(await meanwhile(mover, demote), 403, 'forbidden');
  });
});
