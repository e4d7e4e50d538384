import { describe, expect, test } from 'vitest';
import { SCAN_STATUSES } from '../../src/db/schema.ts';
import {
  ACTS,
  type Act,
  actOfChange,
  can,
  type FileFacts,
  type FileState,
  type Person,
  type Target,
  type TicketChanges,
  type TicketFacts,
  whyNot,
  whyNotOpen,
} from '../../src/helpdesk/permissions.ts';

const PEOPLE = {
  requester: { id: 'requester', role: 'customer', disabled: false },
  participant: { id: 'participant', role: 'customer', disabled: false },
  stranger: { id: 'stranger', role: 'customer', disabled: false },
  agent: { id: 'agent', role: 'agent', disabled: false },
  admin: { id: 'admin', role: 'admin', disabled: false },
} as const satisfies Record<string, Person>;
type Who = keyof typeof PEOPLE;

const ticket = (who: Who, status: TicketFacts['status']): TicketFacts => ({
  requesterId: 'requester',
  status,
  takesPart: who === 'participant',
});

const file = (uploadedBy: string, state: Partial<FileFacts> = {}): FileFacts => ({
  ...{ uploadedBy, internal: false, deleted: false },
  ...state,
});

/** What is acted on, as far as it matters; `by` wrote the reply or put the file there. */
const TARGETS = {
  'open ticket': (who) => ({ ticket: ticket(who, 'open') }),
  'closed ticket': (who) => ({ ticket: ticket(who, 'closed') }),
  'no ticket': () => ({ ticket: null }),
  'own reply': (who) => ({ ticket: ticket(who, 'open'), reply: { authorId: who, internal: false } }),
  'own reply, closed': (who) => ({
    ticket: ticket(who, 'closed'),
    reply: { authorId: who, internal: false },
  }),
  "other's reply": (who) => ({ ticket: ticket(who, 'open'), reply: { authorId: 'other', internal: false } }),
  'own note': (who) => ({ ticket: ticket(who, 'open'), reply: { authorId: who, internal: true } }),
  "other's note": (who) => ({ ticket: ticket(who, 'open'), reply: { authorId: 'other', internal: true } }),
  'no reply': (who) => ({ ticket: ticket(who, 'open'), reply: null }),
  'own file': (who) => ({ ticket: ticket(who, 'open'), file: file(who) }),
  'own file, closed': (who) => ({ ticket: ticket(who, 'closed'), file: file(who) }),
  "other's file": (who) => ({ ticket: ticket(who, 'open'), file: file('other') }),
  'internal file': (who) => ({ ticket: ticket(who, 'open'), file: file(who, { internal: true }) }),
  'own file, deleted': (who) => ({ ticket: ticket(who, 'open'), file: file(who, { deleted: true }) }),
  "other's file, deleted": (who) => ({ ticket: ticket(who, 'open'), file: file('other', { deleted: true }) }),
  'no file': () => ({ ticket: null, file: null }),
} satisfies Record<string, (who: Who) => Target>;
type What = keyof typeof TARGETS;

const ok = undefined;
const no = 'forbidden';
const closed = 'ticket_closed';
const noTicket = 'ticket_not_found';
const noReply = 'reply_not_found';
const noFile = 'attachment_not_found';

/** What each person hears: requester, participant, stranger, agent, admin. */
const MATRIX: [Act, What, ...(string | undefined)[]][] = [
  ['see', 'open ticket', ok, ok, no, ok, ok],
  ['see', 'closed ticket', ok, ok, no, ok, ok],
  ['see', 'no ticket', noTicket, noTicket, noTicket, noTicket, noTicket],
  ['see', "other's reply", ok, ok, no, ok, ok],
  ['see', "other's note", noReply, noReply, no, ok, ok],
  ['see', 'no reply', noReply, noReply, no, noReply, noReply],
  ['reply', 'open ticket', ok, ok, no, ok, ok],
  ['reply', 'closed ticket', closed, closed, no, closed, closed],
  ['reply', 'no ticket', noTicket, noTicket, noTicket, noTicket, noTicket],
  ['note', 'open ticket', no, no, no, ok, ok],
  ['note', 'closed ticket', no, no, no, closed, closed],
  ['follow_up', 'open ticket', ok, no, no, ok, ok],
  ['follow_up', 'closed ticket', closed, no, no, ok, ok],
  ['work', 'open ticket', no, no, no, ok, ok],
  ['work', 'closed ticket', no, no, no, ok, ok],
  ['attach', 'open ticket', ok, no, no, ok, ok],
  ['attach', 'closed ticket', closed, no, no, closed, closed],
  ['attach', 'no ticket', noTicket, noTicket, noTicket, noTicket, noTicket],
  ['attach', 'own reply', ok, no, no, ok, ok],
  ['attach', 'own reply, closed', closed, no, no, closed, closed],
  ['attach', "other's reply", no, no, no, no, no],
  ['attach', 'own note', noReply, noReply, no, ok, ok],
  ['attach', "other's note", noReply, noReply, no, no, no],
  ['attach', 'no reply', noReply, noReply, no, noReply, noReply],
  ['read', "other's file", ok, ok, no, ok, ok],
  ['read', 'own file', ok, ok, no, ok, ok],
  ['read', 'internal file', noFile, noFile, noFile, ok, ok],
  ['read', 'no file', noFile, noFile, noFile, noFile, noFile],
  ['edit', 'own file', ok, ok, no, ok, ok],
  ['edit', "other's file", no, no, no, no, ok],
  ['edit', 'internal file', noFile, noFile, noFile, ok, ok],
  ['edit', 'no file', noFile, noFile, noFile, noFile, noFile],
  ['delete', 'own file', ok, ok, no, ok, ok],
  ['delete', 'own file, closed', ok, ok, no, ok, ok],
  ['delete', "other's file", no, no, no, no, ok],
  ['delete', 'internal file', noFile, noFile, noFile, ok, ok],
  ['delete', 'no file', noFile, noFile, noFile, noFile, noFile],
  ['restore', 'own file, deleted', ok, ok, no, ok, ok],
  ['restore', "other's file, deleted", noFile, noFile, no, noFile, ok],
  ['restore', 'own file', ok, ok, no, ok, ok],
  ['restore', "other's file", no, no, no, no, ok],
  ['restore', 'internal file', noFile, noFile, noFile, ok, ok],
  ['restore', 'no file', noFile, noFile, noFile, noFile, noFile],
  ['purge', "other's file, deleted", no, no, no, no, ok],
  ['purge', 'own file, deleted', no, no, no, no, ok],
  ['purge', 'internal file', noFile, noFile, noFile, no, ok],
  ['purge', 'no file', noFile, noFile, noFile, noFile, noFile],
  ['hold', 'open ticket', no, no, no, no, ok],
  ['hold', 'closed ticket', no, no, no, no, ok],
  ['hold', 'no ticket', noTicket, noTicket, noTicket, noTicket, noTicket],
  ['hold', "other's file, deleted", no, no, no, no, ok],
  ['hold', 'internal file', noFile, noFile, noFile, no, ok],
  ['release', "other's file", no, no, no, ok, ok],
  ['release', 'own file', no, no, no, ok, ok],
  ['release', 'internal file', noFile, noFile, noFile, ok, ok],
  ['release', 'no file', noFile, noFile, noFile, noFile, noFile],
  ['rescan', "other's file", no, no, no, no, ok],
  ['rescan', 'internal file', noFile, noFile, noFile, no, ok],
  ['rescan', 'no file', noFile, noFile, noFile, noFile, noFile],
];

const WHO = Object.keys(PEOPLE) as Who[];
const CASES = MATRIX.flatMap(([act, what, ...answers]) =>
  WHO.map((who, index) => ({ act, what, who, answer: answers[index] })),
);

describe('who may do what', () => {
  test.each(CASES)('$who, $act, $what: $answer', ({ act, what, who, answer }) => {
    expect(whyNot(PEOPLE[who], act, TARGETS[what](who))).toBe(answer);
  });

  test('the table has a line for every act', () => {
    expect(new Set(MATRIX.map(([act]) => act))).toEqual(new Set(ACTS));
  });

  test.each(ACTS)('somebody whose account is disabled does not %s', (act) => {
    const target = { ...TARGETS['open ticket']('agent'), file: file('agent') };
    expect(whyNot({ ...PEOPLE.agent, disabled: true }, act, target)).toBe('account_disabled');
  });
});

describe('opening a ticket', () => {
  test.each([
    ['requester', 'requester', false, ok],
    ['requester', 'participant', false, no],
    ['requester', 'requester', true, no],
    ['agent', 'requester', true, ok],
    ['admin', 'requester', true, ok],
  ] as const)('%s for %s, assigned: %s', (who, requesterId, assigned, answer) => {
    expect(whyNotOpen(PEOPLE[who], { requesterId, assigned })).toBe(answer);
  });
});

describe('what a change is', () => {
  const CHANGES: [TicketChanges, string][] = [
    [{ participants: ['x'] }, 'follow_up'],
    [{ status: 'solved' }, 'follow_up'],
    [{ status: 'solved', participants: [] }, 'follow_up'],
    [{ status: 'open' }, 'work'],
    [{ status: 'closed' }, 'work'],
    [{ status: 'solved', priority: 'low' }, 'work'],
    [{ assignee_id: null }, 'work'],
  ];
  test.each(CHANGES)('%j is %s', (changes, act) => {
    expect(actOfChange(changes)).toBe(act);
  });
});

describe('capabilities', () => {
  const file: FileState = {
    uploaded_by: 'requester',
    mime_type: 'text/plain',
    virus_scan_status: 'clean',
    deleted_at: null,
    released_at: null,
  };
  const downloaders = (state: Partial<FileState>) =>
    WHO.filter((who) => can(PEOPLE[who], { ...file, ...state }).download);
  const everybody = WHO;

  test.each([
    ['clean', null, everybody],
    ['skipped', null, everybody],
    ['pending', null, ['requester']],
    ['unscannable', null, ['requester']],
    ['unscannable', '2026-01-01', everybody],
    ['infected', null, []],
    ['infected', '2026-01-01', []],
    ['quarantined', null, []],
    ['quarantined', '2026-01-01', everybody],
  ] as const)('%s, released at %s: %j download', (virus_scan_status, released_at, who) => {
    expect(downloaders({ virus_scan_status, released_at })).toEqual(who);
  });

  test('nobody downloads, previews, edits or deletes a deleted file; uploader and admin restore it', () => {
    const deleted = { ...file, mime_type: 'image/png', deleted_at: '2026-01-01' };
    const nothing = {
      download: false,
      preview: false,
      thumbnail: false,
      edit: false,
      delete: false,
      release: false,
      rescan: false,
      hold: false,
    };
    expect(can(PEOPLE.requester, deleted)).toEqual({ ...nothing, restore: true });
    expect(can(PEOPLE.admin, deleted)).toEqual({ ...nothing, restore: true, hold: true });
    expect(can(PEOPLE.agent, deleted)).toEqual({ ...nothing, restore: false });
  });

  test('uploader and admin edit and delete', () => {
    const changers = WHO.filter((who) => can(PEOPLE[who], file).edit && can(PEOPLE[who], file).delete);
    expect(changers).toEqual(['requester', 'admin']);
  });

  test.each([
    ['image/png', 'clean', true],
    ['application/pdf', 'clean', true],
    ['text/csv', 'clean', true],
    ['application/zip', 'clean', false],
    ['image/png', 'infected', false],
  ] as const)('preview of %s that is %s: %s', (mime_type, virus_scan_status, answer) => {
    expect(can(PEOPLE.agent, { ...file, mime_type, virus_scan_status }).preview).toBe(answer);
  });

  test.each([
    ['image/png', 'clean', true],
    ['application/pdf', 'clean', false],
    ['image/png', 'pending', false],
  ] as const)('thumbnail of %s that is %s: %s', (mime_type, virus_scan_status, answer) => {
    expect(can(PEOPLE.agent, { ...file, mime_type, virus_scan_status }).thumbnail).toBe(answer);
  });

  test('the desk releases what is unscannable, an admin what is quarantined, nobody what needs none', () => {
    const releasers = (state: Partial<FileState>) =>
      WHO.filter((who) => can(PEOPLE[who], { ...file, ...state }).release);
    expect(releasers({ virus_scan_status: 'unscannable' })).toEqual(['agent', 'admin']);
    expect(releasers({ virus_scan_status: 'quarantined' })).toEqual(['admin']);
    expect(releasers({ virus_scan_status: 'unscannable', released_at: '2026-01-01' })).toEqual([]);
    expect(releasers({ virus_scan_status: 'unscannable', deleted_at: '2026-01-01' })).toEqual([]);
    for (const virus_scan_status of SCAN_STATUSES.filter((s) => s !== 'unscannable' && s !== 'quarantined')) {
      expect(releasers({ virus_scan_status })).toEqual([]);
    }
  });
});
