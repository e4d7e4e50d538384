import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { type Answer, answerOf } from './browser.ts';
import type { Client } from './client.ts';

/** One request on a socket of its own, written byte by byte: for what fetch is too polite to send. Gone when its test is. */
export class Exchange {
  /** How often the server asked for the body (100 Continue). */
  continues = 0;
  /** The answer; undefined where the connection ended without one. */
  readonly answer: Promise<Answer | undefined>;
  /** Resolves when the connection is closed, by whomever. */
  readonly closed: Promise<void>;
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
    // A connection that breaks is an outcome here, and `closed` follows.
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => void socket.once('close', () => resolve()));
    this.answer = this.#read();
  }

  /** Connects and writes the head of a request; the caller says all about the body. */
  static async open(
    client: Client,
    path: string,
    headers: Record<string, string | number>,
    method = 'POST',
  ): Promise<Exchange> {
    const { hostname, port, pathname } = new URL(client.url + path);
    const socket = connect({ host: hostname, port: Number(port), noDelay: true, allowHalfOpen: true });
    onTestFinished(() => void socket.destroy());
    await new Promise((resolve) => void socket.once('connect', resolve));
    const exchange = new Exchange(socket);
    const lines = Object.entries({
      host: `${hostname}:${port}`,
      ...(client.token && { authorization: `Bearer ${client.token}` }),
      ...headers,
    }).map(([name, value]) => `${name}: ${value}\r\n`);
    await exchange.write(`${method} ${pathname} HTTP/1.1\r\n${lines.join('')}\r\n`);
    return exchange;
  }

  /** Resolves when the bytes are on their way: to false once nobody takes them any more. */
  write(bytes: Uint8Array | string): Promise<boolean> {
    if (!this.#socket.writable) return Promise.resolve(false);
    return Promise.race([
      new Promise<boolean>((resolve) => void this.#socket.write(bytes, (error) => resolve(!error))),
      this.closed.then(() => false),
    ]);
  }

  /** Writes one chunk of a chunked body; an empty one ends it. */
  writeChunk(bytes: Uint8Array | string): Promise<boolean> {
    const chunk = Buffer.from(bytes);
    return this.write(
      Buffer.concat([Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n')]),
    );
  }

  /** Says that no more will come, and goes on listening. */
  finish(): void {
    this.#socket.end();
  }

  /** Is gone from one moment to the next. */
  async abort(): Promise<void> {
    // A reset while the end is on its way is one that never happens (libuv, uv_tcp_close_reset).
    if (this.#socket.writableEnded) this.#socket.destroy();
    else this.#socket.resetAndDestroy();
    await this.closed;
  }

  #read(): Promise<Answer | undefined> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer | undefined>();
    let received = '';
    this.#socket.setEncoding('latin1').on('data', (text: string) => {
      received += text;
      while (received.startsWith('HTTP/1.1 100 ') && received.includes('\r\n\r\n')) {
        this.continues += 1;
        received = received.slice(received.indexOf('\r\n\r\n') + 4);
      }
      const response = parse(received);
      if (response) answerOf(response).then(resolve, reject);
    });
    // Half-open on purpose: what the server's end means for us is that there is no more to come.
    this.#socket.on('end', () => void this.#socket.end());
    void this.closed.then(() => resolve(undefined));
    return promise;
  }
}

/** A whole response, once it is there. */
function parse(text: string): Response | undefined {
  const split = text.indexOf('\r\n\r\n');
  if (split === -1) return undefined;
  const [statusLine = '', ...lines] = text.slice(0, split).split('\r\n');
  const headers = new Headers(
    lines.map((line): [string, string] => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1).trim()];
    }),
  );
  const body = text.slice(split + 4);
  if (body.length < Number(headers.get('content-length'))) return undefined;
  const status = Number(statusLine.split(' ')[1]);
  return new Response(status === 204 ? null : Buffer.from(body, 'latin1'), { status, headers });
}
