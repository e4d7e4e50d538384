import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { json } from '../support/answers.ts';
import { type Client, formOf, note } from '../support/client.ts';
import { openTestDesk, type TestDesk } from '../support/desk.ts';
import { statusOfEvents } from '../support/events.ts';
import { canvas, png } from '../support/png.ts';
import { collectRoutes } from '../support/routes.ts';
import { metadata, tusOf } from '../support/tus.ts';

/**
 * Everybody who may come along, in the order of the table's columns. The ticket is the requester's, the participant is
 * in copy, the agent and the requester have files and replies on it, the colleague is an agent who has none, and the
 * disabled one was an administrator.
 */
const ROLES = [
  ...(['nobody', 'disabled', 'stranger', 'participant'] as const),
  ...(['requester', 'agent', 'colleague', 'admin'] as const),
];
type Role = (typeof ROLES)[number];

const MISSING = '401 401 404 404 404 404 404 404';
const OF_A_TICKET = {
  'no ticket': MISSING,
  'a malformed ticket id': MISSING,
};
const SEEN = {
  'the open ticket': '401 401 403 200 200 200 200 200',
  'the closed ticket': '401 401 403 200 200 200 200 200',
  ...OF_A_TICKET,
};
const OF_A_REPLY = {
  'no reply': '401 401 403 404 404 404 404 404',
  'a reply of another ticket': '401 401 403 404 404 404 404 404',
  'a malformed reply id': MISSING,
};
const OF_A_FILE = {
  'no file': MISSING,
  'a malformed file id': MISSING,
};
const REQUESTERS_OWN = (done: number) => `401 401 404 404 ${done} 404 404 404`;
const AGENTS_OWN = (done: number) => `401 401 404 404 404 ${done} 404 404`;
const NO_UPLOAD = { 'no upload': MISSING, 'a malformed upload id': MISSING };
const ONES_RESUMABLE_UPLOAD = (done: number) => ({
  'the requester’s resumable upload': REQUESTERS_OWN(done),
  'the agent’s resumable upload': AGENTS_OWN(done),
  'the requester’s upload': MISSING,
  ...NO_UPLOAD,
});
const UPLOADERS_OR_ADMINS = (done: number) => ({
  'the requester’s file': `401 401 403 403 ${done} 403 403 ${done}`,
  'the agent’s file': `401 401 403 403 403 ${done} 403 ${done}`,
  'a file on the agent’s public reply': `401 401 403 403 403 ${done} 403 ${done}`,
  'a file on the agent’s internal reply': `401 401 404 404 404 ${done} 403 ${done}`,
  'the requester’s file on a closed ticket': `401 401 403 403 ${done} 403 403 ${done}`,
  'a deleted file of the requester': '401 401 403 403 404 403 403 404',
  'a deleted file on the agent’s internal reply': '401 401 404 404 404 404 403 404',
  ...OF_A_FILE,
});
const BYTES_OF_A_FILE = {
  'the requester’s file': '               401 401 403 200 200 200 200 200',
  'the agent’s file': '                   401 401 403 200 200 200 200 200',
  'a file on the agent’s public reply': ' 401 401 403 200 200 200 200 200',
  'a file on the agent’s internal reply': '401 401 404 404 404 200 200 200',
  'the requester’s file on a closed ticket': '401 401 403 200 200 200 200 200',
  'a deleted file of the requester': '    401 401 403 410 410 410 410 410',
  'a deleted file on the agent’s internal reply': '401 401 404 404 404 410 410 410',
  'a purged file of the requester': '     401 401 403 410 410 410 410 410',
  ...OF_A_FILE,
};
const HELD_TICKETS = {
  'the open ticket': '                    401 401 403 403 403 403 403 200',
  'the closed ticket': '                  401 401 403 403 403 403 403 200',
  ...OF_A_TICKET,
};
const HELD_FILES = {
  'the requester’s file': '               401 401 403 403 403 403 403 200',
  'a deleted file of the requester': '    401 401 403 403 403 403 403 200',
  'a deleted file on the agent’s internal reply': '401 401 404 404 404 403 403 200',
  'a purged file of the requester': '     401 401 403 403 403 403 403 410',
  ...OF_A_FILE,
};
const EVERYBODY = (status: number) => ({ '': Array(8).fill(status).join(' ') });
const SIGNED_IN = (status: number) => ({ '': `401 401${` ${status}`.repeat(6)}` });
/** These take a cookie; everybody here comes with a token. */
const BY_SESSION = SIGNED_IN(403);

/**
 * Route, what it is asked for, and what each of ROLES is answered. A GET stands for its HEAD too.
 * 401: not signed in. 404: not there, or hidden. 403: there, and not for you.
 */
const TABLE: Record<string, Record<string, string>> = {
  //                                     nobody disabled stranger participant requester agent colleague admin
  'POST /api/v1/tickets': {
    'for oneself': '                        401 401 201 201 201 201 201 201',
    'for the stranger': '                   401 401 201 403 403 201 201 201',
    'given to the agent': '                 401 401 403 403 403 201 201 201',
    'with an upload of the colleague': '    401 401 404 404 404 404 201 404',
    'for nobody there is': '                401 401 403 403 403 404 404 404',
  },
  'GET /api/v1/tickets': SIGNED_IN(200),
  'GET /api/v1/tickets/:ticket_id': SEEN,
  'PATCH /api/v1/tickets/:ticket_id': {
    'the open ticket, solved': '            401 401 403 403 200 200 200 200',
    'the open ticket, participants': '      401 401 403 403 200 200 200 200',
    'the open ticket, urgent': '            401 401 403 403 403 200 200 200',
    'the open ticket, closed': '            401 401 403 403 403 200 200 200',
    'the open ticket, assigned': '          401 401 403 403 403 200 200 200',
    'the closed ticket, solved': '          401 401 403 403 409 200 200 200',
    'the closed ticket, reopened': '        401 401 403 403 403 200 200 200',
    'no ticket, solved': MISSING,
    'a malformed ticket id, solved': MISSING,
  },
  'PUT /api/v1/tickets/:ticket_id/legal-hold': HELD_TICKETS,
  'DELETE /api/v1/tickets/:ticket_id/legal-hold': HELD_TICKETS,
  'GET /api/v1/tickets/:ticket_id/replies': SEEN,
  'POST /api/v1/tickets/:ticket_id/replies': {
    'the open ticket, to everybody': '      401 401 403 201 201 201 201 201',
    'the open ticket, internal': '          401 401 403 403 403 201 201 201',
    'the open ticket, upload of colleague': '401 401 403 403 404 404 201 404',
    'the closed ticket, to everybody': '    401 401 403 409 409 409 409 409',
    'the closed ticket, internal': '        401 401 403 403 403 409 409 409',
    'no ticket, to everybody': MISSING,
    'a malformed ticket id, to everybody': MISSING,
  },
  'GET /api/v1/tickets/:ticket_id/attachments': SEEN,
  'GET /api/v1/tickets/:ticket_id/attachments/deleted': SEEN,
  'GET /api/v1/tickets/:ticket_id/attachments.zip': SEEN,
  'POST /api/v1/tickets/:ticket_id/attachments': {
    'the open ticket': '                    401 401 403 403 201 201 201 201',
    'the closed ticket': '                  401 401 403 403 409 409 409 409',
    ...OF_A_TICKET,
  },
  'GET /api/v1/tickets/:ticket_id/replies/:reply_id/attachments': {
    'the agent’s public reply': '           401 401 403 200 200 200 200 200',
    'the requester’s reply': '              401 401 403 200 200 200 200 200',
    'the agent’s internal reply': '         401 401 403 404 404 200 200 200',
    'the requester’s reply, closed': '      401 401 403 200 200 200 200 200',
    ...OF_A_REPLY,
  },
  'POST /api/v1/tickets/:ticket_id/replies/:reply_id/attachments': {
    'the agent’s public reply': '           401 401 403 403 403 201 403 403',
    'the requester’s reply': '              401 401 403 403 201 403 403 403',
    'the participant’s reply': '            401 401 403 403 403 403 403 403',
    'the agent’s internal reply': '         401 401 403 404 404 201 403 403',
    'the requester’s reply, closed': '      401 401 403 403 409 403 403 403',
    ...OF_A_REPLY,
  },
  'GET /api/v1/attachments/:attachment_id': {
    'the requester’s file': '               401 401 403 200 200 200 200 200',
    'the agent’s file': '                   401 401 403 200 200 200 200 200',
    'a file on the agent’s public reply': ' 401 401 403 200 200 200 200 200',
    'a file on the agent’s internal reply': '401 401 404 404 404 200 200 200',
    'the requester’s file on a closed ticket': '401 401 403 200 200 200 200 200',
    'a deleted file of the requester': '    401 401 403 404 404 404 404 404',
    'a deleted file on the agent’s internal reply': '401 401 404 404 404 404 404 404',
    ...OF_A_FILE,
  },
  'GET /api/v1/attachments/:attachment_id/download': BYTES_OF_A_FILE,
  'GET /api/v1/attachments/:attachment_id/preview': BYTES_OF_A_FILE,
  'GET /api/v1/attachments/:attachment_id/thumbnail': {
    'the requester’s picture': '            401 401 403 200 200 200 200 200',
    'a picture on the agent’s internal reply': '401 401 404 404 404 200 200 200',
    'a deleted file of the requester': '    401 401 403 410 410 410 410 410',
    'the requester’s file': '               401 401 403 404 404 404 404 404',
    ...OF_A_FILE,
  },
  'PATCH /api/v1/attachments/:attachment_id': UPLOADERS_OR_ADMINS(200),
  'DELETE /api/v1/attachments/:attachment_id': UPLOADERS_OR_ADMINS(204),
  'POST /api/v1/attachments/:attachment_id/restore': {
    'a deleted file of the requester': '    401 401 403 404 200 404 404 200',
    'a deleted file on the agent’s internal reply': '401 401 404 404 404 200 404 200',
    'a purged file of the requester': '     401 401 403 404 410 404 404 410',
    'the requester’s file': '               401 401 403 403 200 403 403 200',
    'a file on the agent’s internal reply': '401 401 404 404 404 200 403 200',
    ...OF_A_FILE,
  },
  'POST /api/v1/attachments/:attachment_id/release': {
    'an unscannable file of the requester': '      401 401 403 403 403 200 200 200',
    'a file in quarantine': '                      401 401 403 403 403 403 403 200',
    'a file on the agent’s internal reply': '401 401 404 404 404 409 409 409',
    'the requester’s file': '               401 401 403 403 403 409 409 409',
    'a deleted file of the requester': '401 401 403 403 403 410 410 410',
    ...OF_A_FILE,
  },
  'POST /api/v1/attachments/:attachment_id/purge': {
    'a deleted file of the requester': '    401 401 403 403 403 403 403 204',
    'a deleted file on the agent’s internal reply': '401 401 404 404 404 403 403 204',
    'a file in quarantine': '               401 401 403 403 403 403 403 204',
    'the requester’s file': '               401 401 403 403 403 403 403 409',
    'a purged file of the requester': '     401 401 403 403 403 403 403 410',
    ...OF_A_FILE,
  },
  'PUT /api/v1/attachments/:attachment_id/legal-hold': HELD_FILES,
  'DELETE /api/v1/attachments/:attachment_id/legal-hold': HELD_FILES,
  'POST /api/v1/attachments/:attachment_id/rescan': {
    // No scanner is set up.
    'the requester’s file': '               401 401 403 403 403 403 403 409',
    'a file on the agent’s internal reply': '401 401 404 404 404 403 403 409',
    ...OF_A_FILE,
  },
  'GET /api/v1/attachments/blocked': { '': '401 401 403 403 403 200 200 200' },
  'GET /api/v1/attachments/policy': SIGNED_IN(200),
  'POST /api/v1/uploads': SIGNED_IN(201),
  'GET /api/v1/uploads': SIGNED_IN(200),
  'GET /api/v1/uploads/:upload_id': {
    'the requester’s upload': REQUESTERS_OWN(200),
    'the agent’s upload': AGENTS_OWN(200),
    'the requester’s resumable upload': REQUESTERS_OWN(200),
    'an expired upload': REQUESTERS_OWN(200),
    'a claimed upload': REQUESTERS_OWN(200),
    ...NO_UPLOAD,
  },
  'DELETE /api/v1/uploads/:upload_id': {
    'the requester’s upload': REQUESTERS_OWN(204),
    'the agent’s upload': AGENTS_OWN(204),
    'the requester’s resumable upload': MISSING,
    'an expired upload': MISSING,
    'a claimed upload': MISSING,
    ...NO_UPLOAD,
  },
  'OPTIONS /api/v1/uploads/tus': EVERYBODY(204),
  'OPTIONS /api/v1/uploads/tus/:upload_id': { 'the requester’s resumable upload': EVERYBODY(204)[''] },
  'POST /api/v1/uploads/tus': {
    '': SIGNED_IN(201)[''],
    'the open ticket': '                    401 401 403 403 201 201 201 201',
    'the closed ticket': '                  401 401 403 403 409 409 409 409',
    'the agent’s public reply': '           401 401 403 403 403 201 403 403',
    'no ticket': MISSING,
  },
  'HEAD /api/v1/uploads/tus/:upload_id': ONES_RESUMABLE_UPLOAD(200),
  'PATCH /api/v1/uploads/tus/:upload_id': ONES_RESUMABLE_UPLOAD(204),
  'DELETE /api/v1/uploads/tus/:upload_id': ONES_RESUMABLE_UPLOAD(204),

  'GET /api/v1/events': {
    '': SIGNED_IN(200)[''],
    'the open ticket': '                    401 401 403 200 200 200 200 200',
    'the closed ticket': '                  401 401 403 200 200 200 200 200',
    'no ticket': MISSING,
    // In the query, where what has not the form of an id is a mistake.
    'a malformed ticket id': '              401 401 400 400 400 400 400 400',
  },

  'GET /api/v1/me': SIGNED_IN(200),
  'GET /api/v1/tokens': SIGNED_IN(200),
  'POST /api/v1/tokens': BY_SESSION,
  'DELETE /api/v1/tokens/:token_id': {
    'the requester’s token': '              401 401 404 404 204 404 404 404',
    'no token': MISSING,
    'a malformed token id': MISSING,
  },
  'GET /api/v1/users': { '': '              401 401 403 403 403 200 200 200' },
  'POST /api/v1/users': { '': '             401 401 403 403 403 403 403 201' },
  'GET /api/v1/users/:user_id': {
    'a person': '                           401 401 403 403 403 200 200 200',
    'no person': '                          401 401 403 403 403 404 404 404',
    'a malformed person id': '              401 401 403 403 403 404 404 404',
  },
  'PATCH /api/v1/users/:user_id': {
    'a person': '                           401 401 403 403 403 403 403 200',
    'no person': '                          401 401 403 403 403 403 403 404',
  },
  'POST /api/v1/users/:user_id/anonymise': {
    'a disabled person': '                  401 401 403 403 403 403 403 200',
    'a person': '                           401 401 403 403 403 403 403 409',
  },
  'POST /api/v1/users/:user_id/reset-link': {
    'a person': '                           401 401 403 403 403 403 403 201',
    'no person': '                          401 401 403 403 403 403 403 404',
  },

  'GET /api/v1/admin/storage-config': { '': '401 401 403 403 403 403 403 200' },
  // Of another version than there is.
  'PUT /api/v1/admin/storage-config': { '': '401 401 403 403 403 403 403 409' },

  'GET /api/v1/auth/get-session': BY_SESSION,
  'GET /api/v1/auth/list-sessions': BY_SESSION,
  'POST /api/v1/auth/sign-out': BY_SESSION,
  'POST /api/v1/auth/change-password': BY_SESSION,
  'POST /api/v1/auth/update-user': BY_SESSION,
  'POST /api/v1/auth/revoke-session': BY_SESSION,
  'POST /api/v1/auth/revoke-other-sessions': BY_SESSION,
  // Open to everybody; what they are sent here is refused, whoever sends it.
  'POST /api/v1/auth/sign-up/email': EVERYBODY(400),
  'POST /api/v1/auth/sign-in/email': EVERYBODY(401),
  'POST /api/v1/auth/reset-password': EVERYBODY(400),
  'POST /api/v1/setup': EVERYBODY(400),
  'GET /api/v1/welcome': EVERYBODY(200),
  'POST /api/v1/links/check': EVERYBODY(400),
  'GET /livez': EVERYBODY(200),
  'GET /readyz': EVERYBODY(200),
  'GET /api/v1/openapi.json': EVERYBODY(200),
  'GET /api/v1/reference': EVERYBODY(200),
};

let desk: TestDesk;
let people: Record<Role, Client>;
const routes = collectRoutes();

beforeAll(async () => {
  desk = await openTestDesk({ config: { concurrentUploads: 1000 } });
  const [stranger, participant, requester, agent, colleague, admin, disabled] = await Promise.all([
    ...(['customer', 'customer', 'customer'] as const).map((role) => desk.person(role)),
    ...(['agent', 'agent', 'admin', 'admin'] as const).map((role) => desk.person(role)),
  ]);
  if (!stranger || !participant || !requester || !agent || !colleague || !admin || !disabled)
    throw new Error();
  people = { nobody: desk.anonymous, stranger, participant, requester, agent, colleague, admin, disabled };
  await desk.services.accounts.people.change(disabled.id, { disabled: true });
});
afterAll(() => desk?.close());

type Ids = Record<string, string>;
const ABSENT = '01234567-89ab-4cde-8f01-23456789abcd';
const PICTURE = { name: 'red.png', bytes: png(canvas(4, 4, [200, 0, 0])) };
const MALFORMED = '..%2f..%2fetc%2fpasswd';

async function openTicket(): Promise<string> {
  return people.requester.openTicket({ participants: [people.participant.id] });
}
async function closed(ticket_id: string): Promise<string> {
  await people.admin.send('PATCH', `/tickets/${ticket_id}`, { status: 'closed' });
  return ticket_id;
}
async function reply(role: Role, more: object = {}): Promise<{ ticket_id: string; reply_id: string }> {
  const ticket_id = await openTicket();
  const answer = await people[role].post(`/tickets/${ticket_id}/replies`, { body: 'See here.', ...more });
  return { ticket_id, reply_id: (await json<{ id: string }>(answer)).id };
}
async function fileOnReply(more: object, file = note()): Promise<Ids> {
  const { ticket_id, reply_id } = await reply('agent', more);
  const path = `/tickets/${ticket_id}/replies/${reply_id}/attachments`;
  const answer = await people.agent.upload(path, file);
  return { attachment_id: (await json<{ id: string }>(answer)).id };
}
async function deleted({ attachment_id }: Ids): Promise<Ids> {
  await people.admin.send('DELETE', `/attachments/${attachment_id}`);
  return { attachment_id: attachment_id ?? '' };
}
async function purged(ids: Ids): Promise<Ids> {
  await people.admin.post(`/attachments/${ids.attachment_id}/purge`, { reason: 'Not ours.' });
  return ids;
}
async function judged(virus_scan_status: 'unscannable' | 'quarantined'): Promise<Ids> {
  const attachment_id = await people.requester.attach(await openTicket());
  const file = desk.db.updateTable('ticket_attachments').where('id', '=', attachment_id);
  await file.set({ virus_scan_status }).execute();
  return { attachment_id };
}
async function resumable(owner: Client): Promise<Ids> {
  const path = await tusOf(owner).begin(5);
  return { upload_id: path.split('/').at(-1) ?? '' };
}
async function expired(upload_id: string): Promise<Ids> {
  await desk.db
    .updateTable('uploads')
    .set({ expires_at: new Date(0) })
    .where('id', '=', upload_id)
    .execute();
  return { upload_id };
}
const person = async () => ({ user_id: (await desk.person('customer')).id });

/** What a route is asked for: each makes it anew. */
const SUBJECTS: Record<string, () => Promise<Ids>> = {
  '': async () => ({}),
  'the open ticket': async () => ({ ticket_id: await openTicket() }),
  'the closed ticket': async () => ({ ticket_id: await closed(await openTicket()) }),
  'no ticket': async () => ({ ticket_id: ABSENT }),
  'a malformed ticket id': async () => ({ ticket_id: MALFORMED }),

  'the agent’s public reply': () => reply('agent'),
  'the agent’s internal reply': () => reply('agent', { internal: true }),
  'the requester’s reply': () => reply('requester'),
  'the participant’s reply': () => reply('participant'),
  'the requester’s reply, closed': async () => {
    const { ticket_id, reply_id } = await reply('requester');
    return { ticket_id: await closed(ticket_id), reply_id };
  },
  'no reply': async () => ({ ticket_id: await openTicket(), reply_id: ABSENT }),
  'a reply of another ticket': async () => ({ ...(await reply('agent')), ticket_id: await openTicket() }),
  'a malformed reply id': async () => ({ ticket_id: await openTicket(), reply_id: MALFORMED }),

  'the requester’s file': async () => ({ attachment_id: await people.requester.attach(await openTicket()) }),
  'the requester’s picture': async () => ({
    attachment_id: await people.requester.attach(await openTicket(), PICTURE),
  }),
  'a picture on the agent’s internal reply': () => fileOnReply({ internal: true }, PICTURE),
  'the agent’s file': async () => ({ attachment_id: await people.agent.attach(await openTicket()) }),
  'a file on the agent’s public reply': () => fileOnReply({}),
  'a file on the agent’s internal reply': () => fileOnReply({ internal: true }),
  'the requester’s file on a closed ticket': async () => {
    const ticket_id = await openTicket();
    const attachment_id = await people.requester.attach(ticket_id);
    await closed(ticket_id);
    return { attachment_id };
  },
  'a deleted file of the requester': async () =>
    deleted({ attachment_id: await people.requester.attach(await openTicket()) }),
  'a deleted file on the agent’s internal reply': async () => deleted(await fileOnReply({ internal: true })),
  'a purged file of the requester': async () =>
    purged(await deleted({ attachment_id: await people.requester.attach(await openTicket()) })),
  'an unscannable file of the requester': () => judged('unscannable'),
  'a file in quarantine': () => judged('quarantined'),
  'no file': async () => ({ attachment_id: ABSENT }),
  'a malformed file id': async () => ({ attachment_id: MALFORMED }),

  'the requester’s upload': async () => ({ upload_id: await people.requester.stage() }),
  'the agent’s upload': async () => ({ upload_id: await people.agent.stage() }),
  'an expired upload': async () => expired(await people.requester.stage()),
  'a claimed upload': async () => {
    const upload_id = await people.requester.stage();
    await people.requester.openTicket({ upload_ids: [upload_id] });
    return { upload_id };
  },
  'the requester’s resumable upload': () => resumable(people.requester),
  'the agent’s resumable upload': () => resumable(people.agent),
  'no upload': async () => ({ upload_id: ABSENT }),
  'a malformed upload id': async () => ({ upload_id: MALFORMED }),

  'the requester’s token': async () => ({
    token_id: (await desk.services.accounts.tokens.create(people.requester.id, 'spare')).id,
  }),
  'no token': async () => ({ token_id: ABSENT }),
  'a malformed token id': async () => ({ token_id: MALFORMED }),

  'a person': person,
  'a disabled person': async () => {
    const { user_id } = await person();
    await desk.services.accounts.people.change(user_id, { disabled: true });
    return { user_id };
  },
  'no person': async () => ({ user_id: ABSENT }),
  'a malformed person id': async () => ({ user_id: MALFORMED }),

  // Where the body says more of what is asked for, what comes first is as above.
  'for oneself': async () => ({}),
  'for the stranger': async () => ({ requester_id: people.stranger.id }),
  'given to the agent': async () => ({ assignee_id: people.agent.id }),
  'with an upload of the colleague': async () => ({ upload_id: await people.colleague.stage() }),
  'for nobody there is': async () => ({ requester_id: ABSENT }),
  'the open ticket, upload of colleague': async () => ({
    ticket_id: await openTicket(),
    upload_id: await people.colleague.stage(),
  }),
};

function make(what: string): Promise<Ids> {
  const subject = SUBJECTS[what] ?? SUBJECTS[what.split(', ')[0] ?? ''];
  if (!subject) throw new Error(`nothing is known of ${what}`);
  return subject();
}

/** Those that nothing is done to: whoever is to succeed with a change makes it to one of their own. */
const unchanged = new Map<string, Promise<Ids>>();
function standing(what: string): Promise<Ids> {
  const made = unchanged.get(what) ?? make(what);
  unchanged.set(what, made);
  return made;
}

/** A body that is in order, for every route that takes one. */
function bodyOf(route: string, what: string, ids: Ids): object | undefined {
  const uploads = ids.upload_id === undefined ? {} : { upload_ids: [ids.upload_id] };
  switch (route) {
    case 'POST /api/v1/tickets': {
      const { upload_id: _, ...fields } = ids;
      return { subject: 'Printer', description: 'It is on fire.', ...fields, ...uploads };
    }
    case 'POST /api/v1/tickets/:ticket_id/replies':
      return { body: 'Water!', internal: what.endsWith('internal'), ...uploads };
    case 'PATCH /api/v1/tickets/:ticket_id':
      return CHANGES[what.split(', ')[1] ?? ''];
    case 'PATCH /api/v1/attachments/:attachment_id':
      return { description: 'The hall printer' };
    case 'POST /api/v1/attachments/:attachment_id/release':
    case 'POST /api/v1/attachments/:attachment_id/purge':
    case 'PUT /api/v1/attachments/:attachment_id/legal-hold':
    case 'DELETE /api/v1/attachments/:attachment_id/legal-hold':
    case 'PUT /api/v1/tickets/:ticket_id/legal-hold':
    case 'DELETE /api/v1/tickets/:ticket_id/legal-hold':
      return { reason: 'The sender called.' };
    case 'PATCH /api/v1/users/:user_id':
      return { name: 'Rita' };
    case 'POST /api/v1/users':
      return { name: 'Rita', email: `${randomUUID()}@example.com`, role: 'customer' };
    default:
      return BODIES[route];
  }
}
const CHANGES: Record<string, object> = {
  solved: { status: 'solved' },
  closed: { status: 'closed' },
  reopened: { status: 'open' },
  urgent: { priority: 'urgent' },
  assigned: { assignee_id: null },
  participants: { participants: [] },
};
const somebody = { email: 'nobody@example.com', password: 'too short' };
const BODIES: Record<string, object> = {
  'PUT /api/v1/admin/storage-config': {
    ...{ version: 7, storage_type: 'disk', base_path: '/' },
    ...{ max_file_size: 1, allowed_mime_types: ['text/csv'] },
  },
  'POST /api/v1/tokens': { name: 'mine' },
  'POST /api/v1/auth/sign-up/email': { name: 'Rita', ...somebody, password: 'x' },
  'POST /api/v1/auth/sign-in/email': somebody,
  'POST /api/v1/auth/reset-password': { token: 'x', new_password: 'correct horse battery' },
  'POST /api/v1/auth/change-password': { current_password: 'x', new_password: 'correct horse battery' },
  'POST /api/v1/auth/update-user': { name: 'Rita' },
  'POST /api/v1/auth/revoke-session': { session_id: ABSENT },
  'POST /api/v1/setup': { token: 'x', name: 'Rita', ...somebody },
  'POST /api/v1/links/check': { purpose: 'set_up', token: 'x' },
};
const FORMS = new Set([
  'POST /api/v1/tickets/:ticket_id/attachments',
  'POST /api/v1/tickets/:ticket_id/replies/:reply_id/attachments',
  'POST /api/v1/uploads',
]);

/** Of a request for an upload of five bytes, or with none of them. */
function tusHeaders(method: string, ids: Ids): Record<string, string> {
  const version = { 'tus-resumable': '1.0.0' };
  const type = { 'content-type': 'application/offset+octet-stream' };
  if (method === 'PATCH') return { ...version, ...type, 'upload-offset': '0' };
  const of = { filename: 'note.txt', ...ids };
  return { ...version, ...(method === 'POST' && { 'upload-length': '5', 'upload-metadata': metadata(of) }) };
}

async function ask(
  role: Role,
  route: string,
  what: string,
  ids: Ids,
  head = false,
): Promise<number | undefined> {
  const [method = '', pattern = ''] = route.split(' ');
  const path = pattern.replace(/:(\w+)/g, (_, name: string) => ids[name] ?? expect.fail(`no ${name}`));
  const isTus = pattern.startsWith('/api/v1/uploads/tus');
  const body = FORMS.has(route)
    ? formOf(note())
    : isTus
      ? undefined
      : JSON.stringify(bodyOf(route, what, ids));
  const { token } = people[role];
  if (pattern === '/api/v1/events') return statusOfEvents(people[role], Object.values(ids), head);
  const response = await fetch(desk.url + path, {
    method: head ? 'HEAD' : method,
    headers: {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(typeof body === 'string' && { 'content-type': 'application/json' }),
      ...(isTus && tusHeaders(method, ids)),
    },
    ...(body !== undefined && { body }),
  });
  await response.arrayBuffer();
  return response.status;
}

test('every route of the running app is in the table, and no other', () => {
  expect(Object.keys(TABLE).sort()).toEqual([...routes].sort());
});

describe.concurrent.each(Object.entries(TABLE))('%s', (route, rows) => {
  test.each(Object.entries(rows))('%s', async (what, cells) => {
    const expected = cells.trim().split(/ +/).map(Number);
    expect(expected).toHaveLength(ROLES.length);
    const answered: (number | undefined)[] = [];
    for (const [column, role] of ROLES.entries()) {
      const changes = !route.startsWith('GET') && (expected[column] ?? 0) < 300;
      const ids = await (changes ? make(what) : standing(what));
      answered.push(await ask(role, route, what, ids));
      if (route.startsWith('GET')) expect(await ask(role, route, what, ids, true)).toBe(answered.at(-1));
    }
    expect(table(answered)).toEqual(table(expected));
  });
});

function table(statuses: (number | undefined)[]): Record<string, number | undefined> {
  return Object.fromEntries(ROLES.map((role, column) => [role, statuses[column]]));
}

describe('what a moment can change', () => {
  test('an uploader who no longer sees the ticket has no rights left over the file', async () => {
    const former = await desk.person('agent');
    const attachment_id = await former.attach(await openTicket(), PICTURE);
    await desk.services.accounts.people.change(former.id, { role: 'customer' });
    const file = `/attachments/${attachment_id}`;
    for (const [method, path, body] of [
      ['GET', file],
      ['GET', `${file}/download`],
      ['GET', `${file}/preview`],
      ['GET', `${file}/thumbnail`],
      ['PATCH', file, { description: 'mine' }],
      ['DELETE', file],
      ['POST', `${file}/restore`],
      ['POST', `${file}/release`, { reason: 'mine' }],
      ['POST', `${file}/purge`, { reason: 'mine' }],
      ['PUT', `${file}/legal-hold`, { reason: 'mine' }],
      ['POST', `${file}/rescan`],
    ] as const) {
      expect((await former.send(method, path, body)).status, `${method} ${path}`).toBe(403);
    }
  });

  test('who was in copy and is no more gets 403 for what they saw a moment ago', async () => {
    const ticket_id = await openTicket();
    const attachment_id = await people.requester.attach(ticket_id);
    const paths = [
      `/tickets/${ticket_id}`,
      `/tickets/${ticket_id}/replies`,
      `/tickets/${ticket_id}/attachments`,
      `/tickets/${ticket_id}/attachments.zip`,
      `/attachments/${attachment_id}`,
      `/attachments/${attachment_id}/download`,
      `/attachments/${attachment_id}/preview`,
    ];
    const seen = () => Promise.all(paths.map(async (path) => (await people.participant.get(path)).status));
    expect(await seen()).toEqual(paths.map(() => 200));
    await people.requester.send('PATCH', `/tickets/${ticket_id}`, { participants: [] });
    expect(await seen()).toEqual(paths.map(() => 403));
  });

  test('who is disabled is nobody from then on, even for their own files', async () => {
    const leaving = await desk.person('customer');
    const ticket_id = await leaving.openTicket();
    const attachment_id = await leaving.attach(ticket_id);
    const upload_id = await leaving.stage();
    const paths = [`/attachments/${attachment_id}/download`, `/uploads/${upload_id}`, '/me', '/tickets'];
    const seen = () => Promise.all(paths.map(async (path) => (await leaving.get(path)).status));
    expect(await seen()).toEqual(paths.map(() => 200));
    await desk.services.accounts.people.change(leaving.id, { disabled: true });
    expect(await seen()).toEqual(paths.map(() => 401));
    expect((await leaving.upload(`/tickets/${ticket_id}/attachments`, note())).status).toBe(401);
  });
});
