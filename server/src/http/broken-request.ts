import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { Refusal, type RefusalCode } from '../refusals.ts';
import type { App } from './app.ts';
import { problemOf } from './errors.ts';

/** The last exchange that began on each connection. */
const exchanges = new WeakMap<Socket, { request: IncomingMessage; response: ServerResponse }>();

/** Lets `answerBrokenRequest` know what was going on when a connection broke. */
export function rememberExchanges(app: App): void {
  app.addHook('onRequest', async (request, reply) => {
    exchanges.set(request.raw.socket, { request: request.raw, response: reply.raw });
  });
}

/**
 * Fastify's `clientErrorHandler`: answers what is not HTTP, or stops being it in the middle of a body, with a problem
 * document like any other refusal. Its connection is beyond repair and is closed.
 */
export function answerBrokenRequest(error: Error & { code?: string }, socket: Socket): void {
  const last = exchanges.get(socket);
  // In the middle of an answer ours would pass for the rest of it.
  const answering = last?.response.headersSent && !last.response.writableFinished;
  if (socket.writable && !answering) {
    const problem = problemOf(new Refusal(codeOf(error, last?.request)));
    const body = JSON.stringify(problem);
    socket.write(
      `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\nConnection: close\r\nCache-Control: no-store\r\n` +
        `Content-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
  }
  socket.destroy(error);
}

function codeOf({ code }: { code?: string }, request: IncomingMessage | undefined): RefusalCode {
  if (code === 'HPE_HEADER_OVERFLOW') return 'headers_too_large';
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 'request_timeout';
  return request && !request.complete ? 'body_malformed' : 'request_malformed';
}
