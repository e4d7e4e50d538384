import type { IncomingMessage, ServerResponse } from 'node:http';

const MOST_BYTES = 64 * 1024 * 1024;
const MOST_SECONDS = 30;

/**
 * Reads on, into nothing, what a client still sends of a request that is being answered already: many see the answer
 * only when they have sent all. Bounded in bytes and time; beyond that the connection is cut. To be called before the
 * answer has gone: then Node throws away the rest of a body nobody reads, where it cannot be counted.
 */
export function drain(request: IncomingMessage, response: ServerResponse): void {
  if (request.complete || request.destroyed) return;
  if (!response.shouldKeepAlive) lingerFor(request, response);
  let left = MOST_BYTES;
  const cut = () => request.socket.destroy();
  const timer = setTimeout(cut, MOST_SECONDS * 1000);
  timer.unref();
  request.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) cut();
  });
  request.on('close', () => clearTimeout(timer));
  request.unpipe();
  request.resume();
}

/**
 * A connection that is to close with the answer closes when the body has come (RFC 9112, section 9.6): at once, and the
 * reset would take the answer from a client, or from a proxy, that still sends.
 */
function lingerFor(request: IncomingMessage, response: ServerResponse): void {
  response.shouldKeepAlive = true;
  request.once('end', () => request.socket.destroySoon());
}
