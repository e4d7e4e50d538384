import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createClamav } from '../../src/attachments/index.ts';
import type { Health } from '../../src/http/health.ts';
import { createHealth } from '../../src/http/health.ts';
import { json } from '../support/answers.ts';
import { openTestDesk, type TestDesk } from '../support/desk.ts';
import { type Behaviour, fakeClamd, VERSION } from '../support/fake-clamd.ts';

let desk: TestDesk;
beforeAll(async () => {
  desk = await openTestDesk();
});
afterAll(() => desk?.close());

test('a server that runs says so, and no more', async () => {
  const response = await fetch(`${desk.url}/livez`);
  expect([response.status, await response.json()]).toEqual([200, { status: 'alive' }]);
  expect(response.headers.get('cache-control')).toBe('no-store');
});

test('a desk without a scanner is ready, and says that files are not scanned', async () => {
  const response = await fetch(`${desk.url}/readyz`);
  expect(response.status).toBe(200);
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(await response.json()).toEqual({
    ...{ status: 'ready', database: 'ok', storage: 'ok' },
    scanner: {
      ...{ name: 'none', status: 'off', message: 'Files are not scanned.' },
      ...{ signatures: '', signatures_at: null },
    },
  });
  const policy = await (await desk.person('customer')).get('/attachments/policy');
  expect(await json(policy)).toMatchObject({ scanning: false });
});

describe('a desk with a clamd', () => {
  async function health(behaviour: Behaviour): Promise<Health> {
    const clamd = await fakeClamd(behaviour);
    onTestFinished(clamd.close);
    const patience = { version: 300, silence: 300, file: 300 };
    return createHealth({ ...desk.services, scanner: createClamav(clamd.address, patience) })();
  }

  test('that answers says how old its signatures are, and not what program it is', async () => {
    const found = await health((socket) => socket.end(VERSION));
    expect(found).toMatchObject({
      status: 'ready',
      scanner: {
        ...{ name: 'clamav', status: 'ok', message: 'Files are scanned.', signatures: '27800' },
        signatures_at: new Date(2026, 10, 20, 8, 15, 34).toISOString(),
      },
    });
    expect(JSON.stringify(found)).not.toContain('1.4.6');
  });

  test.each<[string, Behaviour]>([
    ['refuses', (socket) => socket.destroy()],
    ['hangs', () => {}],
    ['talks nonsense', (socket) => socket.end('220 mail.example.org\r\n')],
  ])('that %s is ready all the same: files wait', async (_, behaviour) => {
    const { status, scanner } = await health(behaviour);
    expect(status).toBe('ready');
    expect(scanner).toMatchObject({ name: 'clamav', status: 'unreachable', signatures_at: null });
    expect(scanner.message).toContain('wait to be scanned');
  });
});

test('a desk whose spool is gone is not ready, says what is broken and tells no path', async () => {
  const spool = join(desk.dataDir, 'spool');
  const other = await openTestDesk();
  onTestFinished(other.close);
  await rename(join(other.dataDir, 'spool'), join(other.dataDir, 'elsewhere'));
  const response = await fetch(`${other.url}/readyz`);
  expect(response.status).toBe(503);
  const body: unknown = await response.json();
  expect(body).toMatchObject({ status: 'not_ready', database: 'ok', storage: 'failed' });
  expect(JSON.stringify(body)).not.toContain(spool);
  expect((await fetch(`${other.url}/livez`)).status).toBe(200);
});

test('a desk whose database is gone is not ready', async () => {
  const other = await openTestDesk();
  onTestFinished(other.close);
  const db = new Proxy(other.db, {
    get() {
      throw new Error('gone');
    },
  });
  expect(await createHealth({ ...other.services, db })()).toMatchObject({
    ...{ status: 'not_ready', database: 'failed', storage: 'ok' },
  });
});

test('asking often costs no more than asking once', async () => {
  let looks = 0;
  const check = async () => {
    looks += 1;
  };
  const health = createHealth({ ...desk.services, attachments: { check } });
  await Promise.all(Array.from({ length: 50 }, health));
  await health();
  expect(looks).toBe(1);
});
