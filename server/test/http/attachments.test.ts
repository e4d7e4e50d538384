import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Client, idOf, note } from '../support/client.ts';
import { openTestDesk, type TestDesk } from '../support/desk.ts';

let desk: TestDesk;
let requester: Client;
let agent: Client;
let stranger: Client;
let ticket: string;

beforeAll(async () => {
  desk = await openTestDesk();
  [requester, agent, stranger] = await Promise.all([
    desk.person('customer', 'Rita'),
    desk.person('agent'),
    desk.person('customer'),
  ]);
  ticket = await requester.openTicket();
});
afterAll(() => desk.close());

const TEXT = 'The printer is on fire.\n';
const SHA256 = createHash('sha256').update(TEXT).digest('hex');

describe('POST /tickets/{ticket_id}/attachments', () => {
  test('answers 201 with all that is known of the file, and an agent gets exactly its bytes', async () => {
    const response = await requester.upload(`/tickets/${ticket}/attachments`, {
      ...note(TEXT, 'Bücher & «résumé».txt'),
      description: ' What I saw ',
    });
    expect(response.status).toBe(201);
    const attachment = await response.json();
    expect(attachment).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      ticket_id: ticket,
      reply_id: null,
      file_name: 'Bücher & «résumé».txt',
      file_size: TEXT.length,
      mime_type: 'text/plain',
      description: 'What I saw',
      sha256: SHA256,
      warnings: [],
      uploaded_by: requester.id,
      uploader: { id: requester.id, name: 'Rita' },
      ...{ virus_scan_status: 'skipped', virus_scan_timestamp: null, virus_scan_result: null },
      ...{ released_at: null, released: null, legal_hold: null },
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      can: {
        ...{ download: true, preview: true, thumbnail: false, edit: true },
        ...{ delete: true, restore: false, release: false, rescan: false, hold: false },
      },
    });

    const download = await agent.get(`/attachments/${idOf(attachment)}/download`);
    expect(download.status).toBe(200);
    expect(await download.text()).toBe(TEXT);
    expect(download.headers.get('etag')).toBe(`"${SHA256}"`);
  });

  test('a stranger gets 403, nobody 401', async () => {
    expect((await stranger.upload(`/tickets/${ticket}/attachments`, note())).status).toBe(403);
    expect((await desk.anonymous.upload(`/tickets/${ticket}/attachments`, note())).status).toBe(401);
  });
});
