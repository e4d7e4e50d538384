import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { compareApis } from '../../../scripts/openapi/compatibility.ts';

const KEPT = await readFile(new URL('../../../docs/openapi.json', import.meta.url), 'utf8');

type Edit = [path: string[], value?: unknown];

/** What is told of our own API with these edits in it; an edit without a value takes away what is there. */
function told(edits: Edit[], before: Edit[] = []): string[] {
  return compareApis(JSON.parse(edited(before)), JSON.parse(edited([...before, ...edits]))).map(
    ({ breaks, where, what }) => `${breaks ? 'breaks' : 'note'}: ${where} ${what}`,
  );
}

function edited(edits: Edit[]): string {
  const document: unknown = JSON.parse(KEPT);
  for (const [path, value] of edits) {
    const holder = path.slice(0, -1).reduce(inside, document);
    const key = path.at(-1) ?? '';
    if (typeof holder !== 'object' || holder === null) throw new Error(`nothing at ${path.join(' ')}`);
    if (value === undefined && !(key in holder)) throw new Error(`nothing to take away at ${path.join(' ')}`);
    if (value === undefined) Reflect.deleteProperty(holder, key);
    else Reflect.set(holder, key, value);
  }
  return JSON.stringify(document);
}

/** Names of a list (parameters, words) count as keys too. */
function inside(part: unknown, key: string): unknown {
  if (Array.isArray(part)) return part.find(({ name }) => name === key) ?? Reflect.get(part, key);
  if (typeof part === 'object' && part !== null && key in part) return Reflect.get(part, key);
  throw new Error(`no ${key}`);
}

const TICKETS = ['paths', '/api/v1/tickets'];
const LIST = [...TICKETS, 'get', 'parameters'];
const NEW_TICKET = [...TICKETS, 'post', 'requestBody', 'content', 'application/json', 'schema'];
const LISTED = [...TICKETS, 'get', 'responses', '200', 'content', 'application/json', 'schema'];
const TICKET = ['components', 'schemas', 'Ticket'];
const UPLOAD = ['paths', '/api/v1/uploads', 'post'];
const FORM = [...UPLOAD, 'requestBody', 'content', 'multipart/form-data', 'schema'];
const DOWNLOAD = ['paths', '/api/v1/attachments/{attachment_id}/download', 'get'];
const CHANGES = [
  'paths',
  '/api/v1/tickets/{ticket_id}',
  'patch',
  'requestBody',
  'content',
  'application/json',
];

describe('an incompatible change is found:', () => {
  it.each<[what: string, edit: Edit, line: string]>([
    ['a path gone', [TICKETS], 'GET /api/v1/tickets was removed'],
    ['a method gone', [[...TICKETS, 'post']], 'POST /api/v1/tickets was removed'],
    [
      'an operation renamed',
      [[...TICKETS, 'get', 'operationId'], 'allTickets'],
      'GET /api/v1/tickets is called allTickets now, listTickets before: generated clients call it by that name',
    ],
    [
      'a parameter gone',
      [[...LIST, '0'], { in: 'query', name: 'x', schema: {} }],
      'GET /api/v1/tickets query status is no longer taken',
    ],
    [
      'a new parameter that must be given',
      [[...LIST, '7'], { in: 'query', name: 'team', required: true, schema: { type: 'string' } }],
      'GET /api/v1/tickets query team is new and must be given',
    ],
    [
      'a parameter that must be given now',
      [[...LIST, 'search', 'required'], true],
      'GET /api/v1/tickets query search must be given now',
    ],
    [
      'a lower limit',
      [[...LIST, 'limit', 'schema', 'maximum'], 50],
      'GET /api/v1/tickets query limit has maximum 50 now, 100 before',
    ],
    [
      'a higher minimum',
      [[...LIST, 'skip', 'schema', 'minimum'], 1],
      'GET /api/v1/tickets query skip has minimum 1 now, 0 before',
    ],
    [
      'a word not taken any more',
      [[...LIST, 'status', 'schema', 'enum'], ['open']],
      'GET /api/v1/tickets query status no longer takes "pending", "solved", "closed"',
    ],
    [
      'a parameter of another type',
      [[...LIST, 'search', 'schema'], { type: 'integer' }],
      'GET /api/v1/tickets query search no longer takes string',
    ],
    [
      'a header that has to look a certain way',
      [[...UPLOAD, 'parameters', 'Idempotency-Key', 'schema', 'pattern'], '^x'],
      'POST /api/v1/uploads header Idempotency-Key has pattern ^x now, none before',
    ],
    [
      'a property that must be given now',
      [
        [...NEW_TICKET, 'required'],
        ['subject', 'description', 'priority'],
      ],
      'POST /api/v1/tickets body.priority must be given now',
    ],
    [
      'a property not taken any more',
      [[...NEW_TICKET, 'properties', 'priority']],
      'POST /api/v1/tickets body.priority was removed',
    ],
    [
      'a shorter text',
      [[...NEW_TICKET, 'properties', 'subject', 'maxLength'], 80],
      'POST /api/v1/tickets body.subject has maxLength 80 now, 255 before',
    ],
    [
      'a text with a limit',
      [[...FORM, 'properties', 'file', 'maxLength'], 9],
      'POST /api/v1/uploads body.file has maxLength 9 now, none before',
    ],
    [
      'fewer items',
      [[...NEW_TICKET, 'properties', 'upload_ids', 'maxItems'], 5],
      'POST /api/v1/tickets body.upload_ids has maxItems 5 now, 100 before',
    ],
    [
      'a narrower item',
      [[...NEW_TICKET, 'properties', 'upload_ids', 'items', 'maxLength'], 36],
      'POST /api/v1/tickets body.upload_ids[] has maxLength 36 now, 64 before',
    ],
    [
      'a list of words where any text did',
      [[...NEW_TICKET, 'properties', 'subject', 'enum'], ['Help']],
      'POST /api/v1/tickets body.subject takes only "Help" now',
    ],
    [
      'null not taken any more',
      [[...CHANGES, 'schema', 'properties', 'assignee_id'], { type: 'string' }],
      'PATCH /api/v1/tickets/{ticket_id} body.assignee_id no longer takes null',
    ],
    [
      'no other properties',
      [[...FORM, 'additionalProperties'], false],
      'POST /api/v1/uploads body takes no other properties any more',
    ],
    [
      'another content type',
      [[...UPLOAD, 'requestBody', 'content'], { 'application/json': {} }],
      'POST /api/v1/uploads body is no longer multipart/form-data',
    ],
    ['no body', [[...UPLOAD, 'requestBody']], 'POST /api/v1/uploads no longer takes a body'],
    [
      'a body where none was needed',
      [['paths', '/api/v1/auth/sign-out', 'post', 'requestBody'], { required: true, content: {} }],
      'POST /api/v1/auth/sign-out needs a body now',
    ],
    [
      'an answer without a property',
      [[...TICKET, 'properties', 'subject']],
      'answers: Ticket.subject was removed',
    ],
    [
      'an answer that may lack a property',
      [[...TICKET, 'required'], ['id']],
      'answers: Ticket.number may be missing now',
    ],
    [
      'an answer of another type',
      [[...TICKET, 'properties', 'number'], { type: 'string' }],
      'answers: Ticket.number may now be string, was integer',
    ],
    [
      'an answer with fractions',
      [[...TICKET, 'properties', 'number', 'type'], 'number'],
      'answers: Ticket.number may now be number, was integer',
    ],
    [
      'an answer that may be null',
      [
        [...TICKET, 'properties', 'subject', 'type'],
        ['string', 'null'],
      ],
      'answers: Ticket.subject may now be null, was string',
    ],
    [
      'an answer that may be null, said by a union',
      [
        [...TICKET, 'properties', 'requester'],
        { anyOf: [{ $ref: '#/components/schemas/Person' }, { type: 'null' }] },
      ],
      'answers: Ticket.requester may now be null, was object',
    ],
    [
      'an answer of any word',
      [[...TICKET, 'properties', 'status', 'enum']],
      'answers: Ticket.status may now be any string, not only "open", "pending", "solved", "closed"',
    ],
    [
      'an answer in another format',
      [[...TICKET, 'properties', 'created_at', 'format'], 'date'],
      'answers: Ticket.created_at has format date now, date-time before',
    ],
    [
      'a list of something else',
      [[...LISTED, 'properties', 'data', 'items'], { $ref: '#/components/schemas/Person' }],
      'GET /api/v1/tickets 200 body.data[].number was removed',
    ],
    ['a component gone', [[...TICKET]], 'answers: Ticket may now be anything, was object'],
    [
      'a success gone',
      [[...DOWNLOAD, 'responses', '206']],
      'GET /api/v1/attachments/{attachment_id}/download no longer answers 206',
    ],
    [
      'a header not sent any more',
      [[...DOWNLOAD, 'responses', '200', 'headers', 'ETag']],
      'GET /api/v1/attachments/{attachment_id}/download 200 header ETag is no longer sent',
    ],
    [
      'an answer in another content type',
      [[...UPLOAD, 'responses', '201', 'content'], {}],
      'POST /api/v1/uploads 201 body is no longer application/json',
    ],
    [
      'signing in where nobody had to',
      [['paths', '/api/v1/openapi.json', 'get', 'security'], [{ token: [] }]],
      'GET /api/v1/openapi.json is no longer open with nothing',
    ],
    [
      'a way in gone',
      [[...UPLOAD, 'security'], [{ session: [] }]],
      'POST /api/v1/uploads is no longer open with token',
    ],
    ['another cookie', [['components', 'securitySchemes', 'session', 'name'], 'sid'], 'security session is'],
    [
      'a keyword that nothing judges',
      [[...NEW_TICKET, 'not'], { required: ['id'] }],
      'POST /api/v1/tickets body has [["not"',
    ],
  ])('%s', (_, edit, line) => {
    expect(told([edit]).filter((one) => one.startsWith(`breaks: ${line}`))).toHaveLength(1);
  });

  it('is told once of a component, however often it is used', () => {
    expect(told([[[...TICKET, 'properties', 'subject']]])).toEqual([
      'breaks: answers: Ticket.subject was removed',
    ]);
  });
});

describe('what harms nobody is let through:', () => {
  it.each<[what: string, edit: Edit]>([
    ['a new path', [['paths', '/api/v1/teams'], { get: { operationId: 'listTeams', responses: {} } }]],
    ['whatever is outside of /api/v1', [['paths', '/api/v2/tickets'], {}]],
    ['a new parameter', [[...LIST, '7'], { in: 'query', name: 'team', schema: { type: 'string' } }]],
    ['a higher limit', [[...LIST, 'limit', 'schema', 'maximum'], 500]],
    [
      'one more word taken',
      [
        [...LIST, 'status', 'schema', 'enum'],
        ['open', 'pending', 'solved', 'closed', 'unsolved', 'new'],
      ],
    ],
    ['a new property taken', [[...NEW_TICKET, 'properties', 'team'], { type: 'string' }]],
    ['a property that may be left out', [[...NEW_TICKET, 'required'], ['subject']]],
    ['a longer text', [[...NEW_TICKET, 'properties', 'subject', 'maxLength'], 500]],
    ['a text without a pattern', [[...NEW_TICKET, 'properties', 'subject', 'pattern']]],
    [
      'null taken too',
      [
        [...NEW_TICKET, 'properties', 'priority', 'type'],
        ['string', 'null'],
      ],
    ],
    ['a new property in an answer', [[...TICKET, 'properties', 'team'], { type: 'string' }]],
    [
      'a property that is always there',
      [
        ['components', 'schemas', 'Problem', 'required'],
        ['type', 'title', 'status', 'detail', 'code', 'limit'],
      ],
    ],
    ['a word that comes no more', [[...TICKET, 'properties', 'status', 'enum'], ['open']]],
    [
      'an answer that is never null any more',
      [[...TICKET, 'properties', 'assignee'], { $ref: '#/components/schemas/Person' }],
    ],
    [
      'a new refusal code',
      [['components', 'schemas', 'Problem', 'properties', 'code', 'x-extensible-enum'], ['new']],
    ],
    ['another refusal', [[...UPLOAD, 'responses', '418'], { description: 'Teapot' }]],
    ['a refusal gone', [[...UPLOAD, 'responses', '507']]],
    ['other words in a description', [[...TICKET, 'properties', 'number', 'description'], 'Counts.']],
    [
      'words written as a union',
      [
        [...TICKET, 'properties', 'status'],
        { anyOf: ['open', 'pending', 'solved', 'closed'].map((word) => ({ const: word })) },
      ],
    ],
    [
      'a component written out',
      [[...TICKET, 'properties', 'requester'], JSON.parse(KEPT).components.schemas.Person],
    ],
  ])('%s', (_, edit) => {
    expect(told([edit])).toEqual([]);
  });
});

describe('what may surprise is told without failing:', () => {
  it.each<[what: string, edit: Edit, line: string]>([
    [
      'a new word in an answer',
      [
        [...TICKET, 'properties', 'status', 'enum'],
        ['open', 'pending', 'solved', 'closed', 'new'],
      ],
      'answers: Ticket.status may now be "new" too',
    ],
    [
      'another default',
      [[...LIST, 'limit', 'schema', 'default'], 50],
      'GET /api/v1/tickets query limit is 50 when left out, was 20',
    ],
    [
      'a new success',
      [[...UPLOAD, 'responses', '202'], { description: 'Later' }],
      'POST /api/v1/uploads may now answer 202',
    ],
    [
      'longer text in an answer',
      [[...TICKET, 'properties', 'subject', 'maxLength'], 500],
      'answers: Ticket.subject has maxLength 500 now, 255 before',
    ],
  ])('%s', (_, edit, line) => {
    expect(told([edit], [[[...TICKET, 'properties', 'subject', 'maxLength'], 255]])).toEqual([
      `note: ${line}`,
    ]);
  });
});

it('a schema that holds itself is followed to its end', () => {
  const tree = (type: string) => ({
    type: 'object',
    properties: {
      leaf: { type },
      branches: { type: 'array', items: { $ref: '#/components/schemas/Person' } },
    },
  });
  const person = ['components', 'schemas', 'Person'];
  expect(told([[person, tree('integer')]], [[person, tree('string')]])).toEqual([
    'breaks: answers: Person.leaf may now be integer, was string',
  ]);
});
