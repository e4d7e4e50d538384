import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Answer } from '../support/browser.ts';
import type { Client } from '../support/client.ts';
import { openTestDesk, type TestDesk } from '../support/desk.ts';
import { expectOrder } from '../support/disorder.ts';
import { Exchange } from '../support/exchange.ts';
import { FORM_TYPE, filePart, form, post } from '../support/form.ts';
import { expectProblem } from '../support/problem.ts';

const PER_MINUTE = 10;
const AT_ONCE = 3;
const LENGTH = 1_000;

/** Uploads that hold their slots. */
const begun: Exchange[] = [];

let desk: TestDesk;
let requester: Client;
let agent: Client;
let ticket: string;

beforeAll(async () => {
  desk = await openTestDesk({ config: { uploadsPerMinute: PER_MINUTE, concurrentUploads: AT_ONCE } });
  [requester, agent] = await Promise.all([desk.person('customer'), desk.person('agent')]);
});
beforeEach(async () => {
  await letPass(60);
  ticket = await requester.openTicket();
});
afterAll(() => desk?.close());
afterEach(async () => {
  for (const exchange of begun.splice(0)) await exchange.abort();
  await expectOrder(desk, 2_000);
});

const attach = (client = requester) => post(client, `/tickets/${ticket}/attachments`, form([filePart()]));
const stage = (client = requester) => post(client, '/uploads', form([filePart()]));

/** Makes every upload so far older by these seconds. */
async function letPass(seconds: number): Promise<void> {
  await sql`UPDATE uploads SET created_at = created_at - make_interval(secs => ${seconds})`.execute(desk.db);
}

function retryAfter(answer: Answer | undefined): number {
  return Number(answer?.headers.get('retry-after'));
}

describe('the rate', () => {
  test('the eleventh upload within a minute is 429 and says when to come back', async () => {
    for (let at = 0; at < PER_MINUTE / 2; at += 1) expect((await attach()).status).toBe(201);
    await letPass(20);
    for (let at = 0; at < PER_MINUTE / 2; at += 1) expect((await stage()).status).toBe(201);
    for (const refused of [await attach(), await stage()]) {
      expectProblem(refused, 429, 'upload_rate_exceeded', { limit: PER_MINUTE, actual: PER_MINUTE });
      expect(retryAfter(refused)).toBeGreaterThan(30);
      expect(retryAfter(refused)).toBeLessThanOrEqual(40);
    }
    await letPass(40);
    expect((await attach()).status).toBe(201);
  });

  test('is each person’s own', async () => {
    for (let at = 0; at < PER_MINUTE; at += 1) await stage();
    expect((await attach()).status).toBe(429);
    expect((await attach(agent)).status).toBe(201);
  });

  test('counts uploads that were refused, and none that never began', async () => {
    for (let at = 0; at < PER_MINUTE; at += 1) {
      expect((await post(requester, '/uploads', form([]))).status).toBe(400);
    }
    for (let at = 0; at < 3; at += 1) expect((await stage()).status).toBe(429);
    await letPass(60);
    expect((await stage()).status).toBe(201);
  });

  test('does not count claims and reads', async () => {
    const staged = [];
    for (let at = 0; at < PER_MINUTE; at += 1) staged.push((await stage()).json.id);
    for (const id of staged) {
      const response = await requester.post(`/tickets/${ticket}/replies`, { body: 'See.', upload_ids: [id] });
      expect(response.status).toBe(201);
    }
    const { data } = (await (await requester.get(`/tickets/${ticket}/attachments`)).json()) as {
      data: { id: string }[];
    };
    expect(data).toHaveLength(PER_MINUTE);
    for (const { id } of data) {
      expect((await requester.get(`/attachments/${id}/download`)).status).toBe(200);
    }
    expect((await requester.get('/uploads')).status).toBe(200);
  });

  test('leaves no trace in the audit: what anybody can make grow is none', async () => {
    for (let at = 0; at < PER_MINUTE; at += 1) await stage();
    const events = () => desk.db.selectFrom('attachment_events').select('seq').execute();
    const before = (await events()).length;
    for (let at = 0; at < 3; at += 1) expect((await attach()).status).toBe(429);
    expect(await events()).toHaveLength(before);
  });
});

describe('the slots', () => {
  const begin = async (to: string, client = requester) => {
    const exchange = await Exchange.open(client, to, {
      ...{ ...FORM_TYPE, 'content-length': LENGTH, expect: '100-continue' },
    });
    begun.push(exchange);
    await expect.poll(() => exchange.continues).toBe(1);
    return exchange;
  };

  /** A body of the length it was announced with. */
  const filled = (body: Buffer) => Buffer.concat([body, Buffer.alloc(LENGTH - body.length)]);

  async function takeAll(): Promise<Exchange[]> {
    return [await begin('/uploads'), await begin(`/tickets/${ticket}/attachments`), await begin('/uploads')];
  }

  test('the fourth upload at once is 429; one that breaks off makes room at once', async () => {
    const [first] = await takeAll();
    for (const refused of [await attach(), await stage()]) {
      expectProblem(refused, 429, 'upload_slots_exceeded', { limit: AT_ONCE, actual: AT_ONCE });
      expect(retryAfter(refused)).toBe(1);
    }
    expect((await attach(agent)).status).toBe(201);
    await first?.abort();
    await expect.poll(async () => (await attach()).status, { timeout: 2_000 }).toBe(201);
  });

  test('one that is refused has made room by the time it hears of it', async () => {
    const [first] = await takeAll();
    await first?.write(filled(form([filePart('x', 'run.exe')])));
    expect((await first?.answer)?.json.code).toBe('type_not_allowed');
    expect((await attach()).status).toBe(201);
  });

  test('those of a server that died are free when their leases run out', async () => {
    await takeAll();
    expect((await attach()).status).toBe(429);
    await sql`UPDATE uploads SET lease_until = now() - interval '1 second' WHERE state = 'receiving'`.execute(
      desk.db,
    );
    expect((await attach()).status).toBe(201);
  });

  test('a slot that was given up in the meantime is not used: 408, and nothing is kept', async () => {
    const exchange = await begin(`/tickets/${ticket}/attachments`);
    await sql`UPDATE uploads SET lease_until = now() - interval '1 second' WHERE state = 'receiving'`.execute(
      desk.db,
    );
    await desk.services.attachments.sweep();
    await exchange.write(filled(form([filePart('x'.repeat(600))])));
    expectProblem(await exchange.answer, 408, 'upload_expired');
    expect(await (await requester.get(`/tickets/${ticket}/attachments`)).json()).toMatchObject({ total: 0 });
  });
});
