import { afterAll, beforeAll, expect, test } from 'vitest';
import { note } from '../support/client.ts';
import { openTestDesk, type TestDesk } from '../support/desk.ts';

let desk: TestDesk;
let behindProxy: TestDesk;

beforeAll(async () => {
  [desk, behindProxy] = await Promise.all([
    openTestDesk(),
    openTestDesk({ config: { publicUrl: 'https://help.example.com' } }),
  ]);
});
afterAll(() => Promise.all([desk.close(), behindProxy.close()]));

test('what was made is where Location says', async () => {
  const admin = await desk.person('admin');
  const ticket = await admin.openTicket();
  const made = await Promise.all([
    admin.post('/tickets', { subject: 'a', description: 'b' }),
    admin.upload(`/tickets/${ticket}/attachments`, note()),
    admin.upload('/uploads', note()),
    admin.post('/users', { name: 'Eve', email: 'eve@example.com', role: 'agent' }),
  ]);
  for (const response of made) {
    expect(response.status).toBe(201);
    const location = response.headers.get('location') ?? '';
    expect(location.startsWith(admin.url)).toBe(true);
    expect((await admin.get(location.slice(admin.url.length))).status).toBe(200);
  }
});

test('Location is under the public address where one is set', async () => {
  const agent = await behindProxy.person('agent');
  const response = await agent.upload('/uploads', note());
  expect(response.headers.get('location')).toMatch(/^https:\/\/help\.example\.com\/api\/v1\/uploads\//);
});
