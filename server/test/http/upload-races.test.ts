import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Answer, answerOf } from '../support/browser.ts';
import { type Client, note } from '../support/client.ts';
import { openTestDesk, type TestDesk } from '../support/desk.ts';
import { expectOrder } from '../support/disorder.ts';
import { Exchange } from '../support/exchange.ts';
import { FORM_TYPE, filePart, form, post } from '../support/form.ts';
import { textOf } from '../support/samples.ts';

const PLACES = 20;
const PER_MINUTE = 10;
const AT_ONCE = 15;

// Hundreds of files that all go to the disk: beside other tests that takes its time.
vi.setConfig({ testTimeout: 120_000 });

let desk: TestDesk;
let requester: Client;
/** Four people who may all attach: together they may start forty uploads. */
let people: Client[];
let ticket: string;

beforeAll(async () => {
  desk = await openTestDesk({
    config: {
      maxFilesPerTicket: PLACES,
      uploadsPerMinute: PER_MINUTE,
      concurrentUploads: AT_ONCE,
    },
  });
  requester = await desk.person('customer');
  people = [requester, ...(await Promise.all([1, 2, 3].map(() => desk.person('agent'))))];
});
beforeEach(async () => {
  await letAMinutePass();
  ticket = await requester.openTicket();
});
afterAll(() => desk?.close());
afterEach(() => expectOrder(desk));

async function letAMinutePass(): Promise<void> {
  await sql`UPDATE uploads SET created_at = created_at - interval '60 seconds'`.execute(desk.db);
}

/** Lets everybody do this ten times, all at once. */
function forty<Result>(act: (person: Client) => Promise<Result>): Promise<Result[]> {
  return Promise.all(people.flatMap((person) => Array.from({ length: 10 }, () => act(person))));
}

async function attach(person: Client): Promise<Answer> {
  return answerOf(await person.upload(`/tickets/${ticket}/attachments`, note()));
}

/** How often each outcome was: `201`, or the code of a refusal. */
function outcomes(answers: Answer[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status, json } of answers) {
    const outcome = status < 300 ? String(status) : json.code;
    counts[outcome] = (counts[outcome] ?? 0) + 1;
  }
  return counts;
}

async function filesOn(id = ticket): Promise<{ id: string; file_size: number }[]> {
  const { json } = await answerOf(await requester.get(`/tickets/${id}/attachments?limit=100`));
  return json.data;
}

describe('the places of a ticket', () => {
  test('forty uploads for twenty places: exactly twenty are in (checklist 7)', async () => {
    expect(outcomes(await forty((person) => attach(person)))).toEqual({ 201: 20, ticket_files_exceeded: 20 });
    expect(await filesOn()).toHaveLength(PLACES);
  });

  test('forty claims for twenty places: exactly twenty are in, and no reply without its file', async () => {
    const staged = await forty(async (person) => ({ person, id: await person.stage() }));
    const answers = await Promise.all(
      staged.map(async ({ person, id }) =>
        answerOf(await person.post(`/tickets/${ticket}/replies`, { body: 'See.', upload_ids: [id] })),
      ),
    );
    expect(outcomes(answers)).toEqual({ 201: 20, ticket_files_exceeded: 20 });
    expect(await filesOn()).toHaveLength(PLACES);
    const { json } = await answerOf(await requester.get(`/tickets/${ticket}/replies`));
    expect(json.total).toBe(PLACES);
    expect(
      (await desk.db.selectFrom('uploads').where('state', '=', 'ready').select('id').execute()).length,
    ).toBe(PLACES);
  });

  test('uploads, claims and deletions at the limit: what is in is what was let in', async () => {
    for (const person of people) await Promise.all([1, 2, 3, 4, 5].map(() => person.attach(ticket)));
    await letAMinutePass();
    const staged = await Promise.all(people.map(async (person) => ({ person, id: await person.stage() })));
    const [deleted, attached, claimed] = await Promise.all([
      Promise.all(
        (await filesOn()).slice(0, 10).map(async ({ id }) => {
          const uploader = people.map((one) => settled(one.send('DELETE', `/attachments/${id}`)));
          return (await Promise.all(uploader)).filter(({ status }) => status === 204);
        }),
      ),
      Promise.all(people.flatMap((person) => [1, 2, 3, 4].map(() => attach(person)))),
      Promise.all(
        staged.map(({ person, id }) =>
          settled(person.post(`/tickets/${ticket}/replies`, { body: 'See.', upload_ids: [id] })),
        ),
      ),
    ]);
    expect(deleted.map((answers) => answers.length)).toEqual(Array(10).fill(1));
    const { 201: letIn = 0, ticket_files_exceeded: refused = 0 } = outcomes([...attached, ...claimed]);
    expect(letIn + refused).toBe(20);
    expect(await filesOn()).toHaveLength(10 + letIn);
    expect(letIn).toBeLessThanOrEqual(10);
  });
});

describe('the room of a ticket, and of a person', () => {
  const SIZE = 100_000;
  let roomy: TestDesk;
  let people: Client[];
  beforeAll(async () => {
    roomy = await openTestDesk({
      config: { maxFilesPerTicket: 100, maxTotalSizePerTicket: 10 * SIZE, concurrentUploads: 100 },
      bounds: { maxStagedFiles: PLACES },
    });
    people = await Promise.all([roomy.person('customer'), roomy.person('agent')]);
  });
  afterAll(() => roomy?.close());

  test.each(['whole', 'chunked'] as const)(
    'forty uploads for the room of ten: never more than fits, and what is left can be filled: %s',
    async (how) => {
      const path = `/tickets/${await people[0]?.openTicket()}/attachments`;
      const body = form([filePart(textOf(SIZE))]);
      const attach = (at: number) => post(people[at % 2] ?? roomy.anonymous, path, body, { how });
      const counts = outcomes(await Promise.all(Array.from({ length: 40 }, (_, at) => attach(at))));
      const { 201: letIn = 0, ticket_size_exceeded: refused = 0 } = counts;
      expect(letIn + refused).toBe(40);
      expect(letIn).toBeGreaterThan(0);
      expect(letIn).toBeLessThanOrEqual(10);
      await expectOrder(roomy);

      for (let left = 10 - letIn; left > 0; left -= 1) expect((await attach(left)).status).toBe(201);
      expect((await attach(0)).json.code).toBe('ticket_size_exceeded');
      await expectOrder(roomy);
    },
  );

  test('forty staged uploads for twenty places: exactly twenty are in', async () => {
    const stage = () => post(people[0] ?? roomy.anonymous, '/uploads', form([filePart()]));
    const answers = await Promise.all(Array.from({ length: 40 }, stage));
    expect(outcomes(answers)).toEqual({ 201: PLACES, staged_files_exceeded: 20 });
    await expectOrder(roomy);
  });
});

test('forty uploads of one person within a minute, form and staged: exactly ten begin', async () => {
  // In waves that its slots hold, so that nothing but the rate refuses.
  const answers: Answer[] = [];
  for (let wave = 0; wave < 3; wave += 1) {
    const some = Array.from({ length: AT_ONCE }, async (_, at) =>
      at % 2 ? attach(requester) : answerOf(await requester.upload('/uploads', note())),
    );
    answers.push(...(await Promise.all(some)));
  }
  expect(outcomes(answers)).toEqual({ 201: PER_MINUTE, upload_rate_exceeded: 35 });
});

describe('the slots of one person', () => {
  test('forty at once: never more than there are, and each that breaks off frees one', async () => {
    const open = () =>
      Exchange.open(requester, '/uploads', {
        ...{ ...FORM_TYPE, 'content-length': 100, expect: '100-continue' },
      });
    const rush = async (count: number) => {
      const exchanges = await Promise.all(Array.from({ length: count }, open));
      const refused: Answer[] = [];
      for (const exchange of exchanges) {
        void exchange.answer.then((answer) => answer && refused.push(answer));
      }
      const begun = () => exchanges.filter(({ continues }) => continues > 0);
      await expect.poll(() => begun().length + refused.length, { timeout: 10_000 }).toBe(count);
      return { begun: begun(), refused };
    };
    // The rate lets ten begin, and a minute later as many more as there are slots.
    const first = await rush(40);
    expect(first.begun).toHaveLength(PER_MINUTE);
    expect(outcomes(first.refused)).toEqual({ upload_rate_exceeded: 30 });
    await letAMinutePass();
    const second = await rush(40);
    expect(second.begun).toHaveLength(AT_ONCE - PER_MINUTE);
    expect(outcomes(second.refused)).toEqual({ upload_slots_exceeded: 35 });
    await letAMinutePass();

    for (const exchange of [...first.begun.slice(0, 3), ...second.begun]) await exchange.abort();
    await expect
      .poll(() => desk.db.selectFrom('uploads').select('id').where('state', '=', 'receiving').execute())
      .toHaveLength(PER_MINUTE - 3);
    const third = await rush(40);
    expect(third.begun).toHaveLength(8);
    for (const exchange of [...first.begun, ...third.begun]) await exchange.abort();
    await expectOrder(desk, 2_000);
  });
});

describe('a staged upload', () => {
  const claim = async (ids: string[], to: 'reply' | 'ticket') =>
    answerOf(
      to === 'reply'
        ? await requester.post(`/tickets/${ticket}/replies`, { body: 'See.', upload_ids: ids })
        : await requester.post('/tickets', { subject: 'Race', description: 'See.', upload_ids: ids }),
    );
  const made = async () => {
    const { json: replies } = await answerOf(await requester.get(`/tickets/${ticket}/replies?limit=1`));
    const { json: tickets } = await answerOf(await requester.get('/tickets?search=Race&limit=1'));
    return replies.total + tickets.total;
  };

  test('claimed twice at once goes to one of them; the other is 404 and is not created', async () => {
    for (let round = 0; round < 5; round += 1) {
      const id = await requester.stage();
      const before = await made();
      const answers = await Promise.all([claim([id], 'reply'), claim([id], 'ticket'), claim([id], 'reply')]);
      expect(outcomes(answers)).toEqual({ 201: 1, upload_not_found: 2 });
      expect(await made()).toBe(before + 1);
    }
  });

  test('claimed beside others in another order: all of them go to one, and nobody waits for ever', async () => {
    for (let round = 0; round < 3; round += 1) {
      await letAMinutePass();
      const ids = await Promise.all([1, 2, 3].map(() => requester.stage()));
      const before = await made();
      const answers = await Promise.all([claim(ids, 'reply'), claim(ids.toReversed(), 'ticket')]);
      expect(outcomes(answers)).toEqual({ 201: 1, upload_not_found: 1 });
      expect(await made()).toBe(before + 1);
    }
  });

  test('claimed while it is discarded is there or gone, never half', async () => {
    for (let round = 0; round < 5; round += 1) {
      const id = await requester.stage();
      const before = await filesOn();
      const [claimed, discarded] = await Promise.all([
        claim([id], 'reply'),
        settled(requester.send('DELETE', `/uploads/${id}`)),
      ]);
      expect([201, 404]).toContain(claimed.status);
      expect(discarded.status).toBe(claimed.status === 201 ? 404 : 204);
      expect(await filesOn()).toHaveLength(before.length + (claimed.status === 201 ? 1 : 0));
    }
  });

  test('claimed while it expires is there or gone, never half', async () => {
    for (let round = 0; round < 5; round += 1) {
      const id = await requester.stage();
      const before = await filesOn();
      await sql`UPDATE uploads SET expires_at = clock_timestamp() + interval '20 ms' WHERE id = ${id}`.execute(
        desk.db,
      );
      const sweeps = async () => {
        for (let at = 0; at < 5; at += 1) await desk.services.attachments.sweep();
      };
      const [claimed] = await Promise.all([claim([id], 'reply'), sweeps()]);
      expect([201, 404]).toContain(claimed.status);
      expect(await filesOn()).toHaveLength(before.length + (claimed.status === 201 ? 1 : 0));
    }
  });
});

test('uploads while the ticket closes: each is in or refused, and none is in once it is closed', async () => {
  const closing = people[1]?.send('PATCH', `/tickets/${ticket}`, { status: 'closed' });
  const counts = outcomes(await forty((person) => attach(person)));
  expect((await closing)?.status).toBe(200);
  const { 201: letIn = 0, ticket_closed: closed = 0, ticket_files_exceeded: full = 0 } = counts;
  expect(letIn + closed + full).toBe(40);
  expect(await filesOn()).toHaveLength(letIn);
  await letAMinutePass();
  expect((await attach(requester)).json.code).toBe('ticket_closed');
});

/** For the answer of a request that is on its way. */
async function settled(response: Promise<Response>): Promise<Answer> {
  return answerOf(await response);
}
