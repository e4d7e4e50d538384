import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Client } from '../support/client.ts';
import { openTestDesk, type TestDesk } from '../support/desk.ts';
import { expectOrder } from '../support/disorder.ts';
import { Exchange } from '../support/exchange.ts';
import { FORM_TYPE, filePart, form } from '../support/form.ts';
import { expectProblem } from '../support/problem.ts';
import { textOf } from '../support/samples.ts';

/** More than the buffers of a connection take in. */
const SIZE = 12_000_000;

let desk: TestDesk;
let requester: Client;
let ticket: string;
let path: string;

beforeAll(async () => {
  desk = await openTestDesk();
  requester = await desk.person('customer');
  ticket = await requester.openTicket();
  path = `/tickets/${ticket}/attachments`;
});
afterAll(() => desk?.close());

describe('a request that is not HTTP', () => {
  test('in the middle of a chunked body', async () => {
    const exchange = await Exchange.open(requester, path, { ...FORM_TYPE, 'transfer-encoding': 'chunked' });
    await exchange.writeChunk(form([filePart()]).subarray(0, 100));
    await exchange.write('not a size\r\n');
    expectProblem(await exchange.answer, 400, 'body_malformed');
    await expectOrder(desk, 2_000);
  });

  test('in its head', async () => {
    const exchange = await Exchange.open(requester, path, {
      'bad header': 1,
      ...FORM_TYPE,
      'content-length': 0,
    });
    expectProblem(await exchange.answer, 400, 'request_malformed');
  });

  test('with a head of 100 kB', async () => {
    const exchange = await Exchange.open(requester, path, { 'x-padding': 'x'.repeat(100_000) });
    expectProblem(await exchange.answer, 431, 'headers_too_large');
  });
});

test('nonsense in the middle of a download does not get into the file', async () => {
  const text = textOf(SIZE);
  const id = await requester.attach(ticket, { name: 'log.txt', bytes: text });
  const { hostname, port, pathname } = new URL(`${requester.url}/attachments/${id}/download`);
  const socket = connect({ host: hostname, port: Number(port) });
  socket.write(`GET ${pathname} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${requester.token}\r\n\r\n`);
  await once(socket, 'readable');
  socket.write('this is not HTTP\r\n\r\n');
  const pieces: Buffer[] = [];
  socket.on('data', (piece) => pieces.push(piece)).on('error', () => undefined);
  await once(socket, 'close');
  const received = Buffer.concat(pieces).toString('latin1');
  const body = received.slice(received.indexOf('\r\n\r\n') + 4);
  expect(received.startsWith('HTTP/1.1 200 ')).toBe(true);
  expect(body.length).toBeLessThan(SIZE);
  expect(text.startsWith(body)).toBe(true);
});
