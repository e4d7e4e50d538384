import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { sendFile } from '../../src/api/send-file.ts';
import { fileOf } from '../attachments/fakes.ts';

/** As much of an XMLHttpRequest as a send needs; the test plays the server. */
class FakeRequest {
  static last: FakeRequest;
  upload: { onprogress?(event: { loaded: number; total: number }): void } = {};
  onload?: () => void;
  onerror?: () => void;
  onabort?: () => void;
  onloadend?: () => void;
  status = 0;
  responseText = '';
  headers: Record<string, string> = {};
  answered: Record<string, string> = {};
  body: FormData = new FormData();

  constructor() {
    FakeRequest.last = this;
  }
  open() {}
  setRequestHeader(name: string, value: string) {
    this.headers[name] = value;
  }
  getResponseHeader(name: string) {
    return this.answered[name] ?? null;
  }
  send(body: FormData) {
    this.body = body;
  }
  abort() {
    this.onabort?.();
    this.onloadend?.();
  }
  answer(status: number, body: string, headers: Record<string, string> = {}) {
    Object.assign(this, { status, responseText: body, answered: headers });
    this.onload?.();
    this.onloadend?.();
  }
}

let abort: AbortController;
let progress: [number, number][];

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('XMLHttpRequest', FakeRequest);
  abort = new AbortController();
  progress = [];
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function send() {
  return sendFile('/here', fileOf('a.txt'), {
    idempotencyKey: 'key-1',
    description: 'Of March',
    signal: abort.signal,
    onProgress: (sent, total) => progress.push([sent, total]),
  });
}

function problemOf(sent: Promise<unknown>): Promise<unknown> {
  return sent.then(
    () => null,
    (error: unknown) => error,
  );
}

test('a send carries the file, its description and its idempotency key, and resolves with the answer', async () => {
  const sent = send();
  const { body, headers } = FakeRequest.last;
  expect(headers['Idempotency-Key']).toBe('key-1');
  expect([...body.keys()]).toEqual(['description', 'file']);
  FakeRequest.last.answer(201, '{"id":"1"}');
  expect(await sent).toEqual({ id: '1' });
});

test('progress is told in bytes of the file, though the form around it is longer', async () => {
  void send();
  FakeRequest.last.upload.onprogress?.({ loaded: 100, total: 200 });
  FakeRequest.last.upload.onprogress?.({ loaded: 200, total: 200 });
  expect(progress).toEqual([
    [5, 10],
    [10, 10],
  ]);
});

test('a refusal comes with its code, what it names, and how long to wait', async () => {
  const sent = send();
  const body = '{"code":"upload_rate_exceeded","limit":20,"file_name":"a.txt"}';
  FakeRequest.last.answer(429, body, { 'Retry-After': '7' });
  expect(await problemOf(sent)).toMatchObject({
    code: 'upload_rate_exceeded',
    status: 429,
    limit: 20,
    fileName: 'a.txt',
    retryAfter: 7,
  });
});

test('the page of a proxy is no refusal of ours', async () => {
  const sent = send();
  FakeRequest.last.answer(502, '<html>Bad gateway</html>');
  expect(await problemOf(sent)).toMatchObject({ code: 'internal_error', status: 502 });
});

test('a connection that breaks is a lost line', async () => {
  const sent = send();
  FakeRequest.last.onerror?.();
  expect(await problemOf(sent)).toMatchObject({ code: 'network_failed' });
});

test('thirty seconds without a byte are a lost line; the server may check a whole file for longer', async () => {
  const stalled = problemOf(send());
  await vi.advanceTimersByTimeAsync(20_000);
  FakeRequest.last.upload.onprogress?.({ loaded: 1, total: 200 });
  await vi.advanceTimersByTimeAsync(30_000);
  expect(await stalled).toMatchObject({ code: 'network_failed' });

  const checked = send();
  FakeRequest.last.upload.onprogress?.({ loaded: 200, total: 200 });
  await vi.advanceTimersByTimeAsync(300_000);
  FakeRequest.last.answer(201, '{}');
  expect(await checked).toEqual({});
});

test('an aborted send rejects with what aborted it', async () => {
  const sent = send();
  abort.abort();
  expect(await problemOf(sent)).toMatchObject({ name: 'AbortError' });
});
