import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { PieceOptions } from '../../src/api/send-in-pieces.ts';
import { fileOf } from '../attachments/fakes.ts';

/** Answers of the server, in turn; the client of the API takes hold of `fetch` when it is loaded. */
const server = vi.fn<(request: Request) => Response>();
globalThis.fetch = async (request) => {
  if (!(request instanceof Request)) throw new Error('Only the client of the API was expected');
  try {
    return server(request);
  } catch (error) {
    // As fetch does when the line is lost.
    throw new TypeError('Failed to fetch', { cause: error });
  }
};
const { giveUp, sendInPieces } = await import('../../src/api/send-in-pieces.ts');

/** As much of an XMLHttpRequest as tus-js-client needs. */
class FakeRequest {
  static answer: (request: FakeRequest) => [number, Record<string, string>, string?];
  upload: { onprogress?(event: { lengthComputable: boolean; loaded: number }): void } = {};
  onload?: () => void;
  onerror?: (error: Error) => void;
  method = '';
  url = '';
  status = 0;
  responseText = '';
  headers: Record<string, string> = {};
  answered: Record<string, string> = {};
  open(method: string, url: string) {
    Object.assign(this, { method, url });
  }
  setRequestHeader(name: string, value: string) {
    this.headers[name] = value;
  }
  getResponseHeader(name: string) {
    return this.answered[name] ?? null;
  }
  abort() {}
  send(body: Blob | null) {
    log.push(`${this.method} ${this.headers['Upload-Offset'] ?? ''} ${body?.size ?? ''}`.trim());
    [this.status, this.answered, this.responseText = ''] = FakeRequest.answer(this);
    queueMicrotask(() => (this.status === 0 ? this.onerror?.(new Error('lost')) : this.onload?.()));
  }
}

const FILE = fileOf('Übersicht.pdf', 'x'.repeat(120));
let log: string[];
let abort: AbortController;

beforeEach(() => {
  vi.stubGlobal('XMLHttpRequest', FakeRequest);
  log = [];
  abort = new AbortController();
  server.mockReset();
  FakeRequest.answer = pieces(0);
});

afterEach(() => vi.unstubAllGlobals());

/** A server that has so many bytes, and takes every piece. */
function pieces(has: number): typeof FakeRequest.answer {
  let offset = has;
  return ({ method }) => {
    if (method === 'PATCH') offset = Math.min(FILE.size, offset + 50);
    return [
      method === 'HEAD' ? 200 : 204,
      { 'Upload-Offset': String(offset), 'Upload-Length': String(FILE.size) },
    ];
  };
}

const json = (status: number, body: object, headers: Record<string, string> = {}) =>
  Response.json(body, { status, headers });
const receiving = () => json(200, { id: 'u1', state: 'receiving' });
const attached = () => json(200, { id: 'u1', state: 'attached', attachment_id: 'a1' });
const created = () => new Response(null, { status: 201, headers: { 'docket-upload-id': 'u1' } });

function send(more: Partial<PieceOptions> = {}) {
  return sendInPieces(
    FILE,
    { ticket_id: 't1' },
    {
      ...{ uploadId: null, pieceSize: 50, signal: abort.signal, onProgress: () => undefined },
      ...{
        onBegun: (id) => log.push(`begun ${id}`),
        onOffset: (offset, resumed) => resumed && log.push(`from ${offset}`),
        ...more,
      },
    },
  );
}

test('names the file and where it goes, sends it in pieces, and resolves with what is read back', async () => {
  server.mockReturnValueOnce(created()).mockReturnValueOnce(attached());
  expect(await send()).toMatchObject({ state: 'attached', attachment_id: 'a1' });
  expect(log).toEqual(['begun u1', 'HEAD', 'from 0', 'PATCH 0 50', 'PATCH 50 50', 'PATCH 100 20']);
  const [creation] = server.mock.calls[0] ?? [];
  expect(creation?.headers.get('upload-length')).toBe('120');
  const told = Object.fromEntries(
    (creation?.headers.get('upload-metadata') ?? '').split(',').map((pair) => pair.split(' ')),
  );
  const text = (base64: string) =>
    new TextDecoder().decode(Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)));
  expect(text(told.filename)).toBe('Übersicht.pdf');
  expect(text(told.ticket_id)).toBe('t1');
});

test('goes on where an earlier try left off', async () => {
  FakeRequest.answer = pieces(70);
  server.mockReturnValueOnce(receiving()).mockReturnValueOnce(attached());
  await send({ uploadId: 'u1' });
  expect(log).toEqual(['HEAD', 'from 70', 'PATCH 70 50']);
});

test('sends nothing of what had arrived before', async () => {
  server.mockReturnValueOnce(attached());
  expect(await send({ uploadId: 'u1' })).toMatchObject({ attachment_id: 'a1' });
  expect(log).toEqual([]);
});

test('succeeds only by what it has read back', async () => {
  server.mockReturnValueOnce(created()).mockReturnValueOnce(receiving());
  await expect(send()).rejects.toMatchObject({ code: 'network_failed' });
});

test.each([
  [
    'a refusal',
    400,
    { code: 'type_mismatch', actual: 'image/png' },
    { code: 'type_mismatch', actual: 'image/png' },
  ],
  ['a full slot', 429, { code: 'upload_slots_exceeded' }, { status: 429, retryAfter: 3 }],
  ['another place', 409, { code: 'upload_offset_conflict' }, { code: 'upload_offset_conflict' }],
  ['a proxy', 502, undefined, { code: 'internal_error', status: 502 }],
  ['no answer', 0, undefined, { code: 'network_failed' }],
])('tells %s of a piece, once', async (_, status, body, problem) => {
  const head = pieces(0);
  FakeRequest.answer = (request) =>
    request.method === 'HEAD' ? head(request) : [status, { 'Retry-After': '3' }, JSON.stringify(body)];
  server.mockReturnValueOnce(created());
  await expect(send()).rejects.toMatchObject(problem);
  expect(log.filter((line) => line.startsWith('PATCH'))).toHaveLength(1);
});

test.each([
  [423, 'upload_locked'],
  [410, 'upload_gone'],
  [404, 'upload_not_found'],
])('knows by its status alone what a HEAD says: %i', async (status, code) => {
  FakeRequest.answer = () => [status, {}];
  server.mockReturnValueOnce(receiving());
  await expect(send({ uploadId: 'u1' })).rejects.toMatchObject({ code, status });
  expect(log).toEqual(['HEAD']);
});

test('asks why, when a HEAD has refused the whole file', async () => {
  FakeRequest.answer = () => [400, {}];
  server
    .mockReturnValueOnce(receiving())
    .mockReturnValueOnce(json(200, { state: 'refused', code: 'archive_too_deep', detail: '' }))
    .mockReturnValueOnce(json(400, { code: 'archive_too_deep', limit: 3 }));
  await expect(send({ uploadId: 'u1' })).rejects.toMatchObject({ code: 'archive_too_deep', limit: 3 });
  const [request] = server.mock.calls.at(-1) ?? [];
  expect(request?.method).toBe('PATCH');
  expect(await request?.text()).toBe('');
});

test('tells that an upload has expired', async () => {
  server.mockReturnValueOnce(json(200, { state: 'expired' }));
  await expect(send({ uploadId: 'u1' })).rejects.toMatchObject({ code: 'upload_gone' });
});

test('stops when it is called off, and tells of what was begun all the same', async () => {
  server.mockImplementationOnce(() => {
    abort.abort();
    return created();
  });
  await expect(send()).rejects.toMatchObject({ name: 'AbortError' });
  expect(log).toEqual(['begun u1']);
});

test('gives up an upload once its last request has let go of it', async () => {
  server
    .mockReturnValueOnce(json(423, { code: 'upload_locked' }))
    .mockReturnValueOnce(new Response(null, { status: 204 }));
  await giveUp('u1');
  expect(server).toHaveBeenCalledTimes(2);
});
