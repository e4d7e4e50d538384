import type { FastifyReply, FastifyRequest } from 'fastify';
import type { App } from './app.ts';
import { takesForm } from './forms.ts';
import { takesPieces } from './tus/headers.ts';

/**
 * A client that sent `Expect: 100-continue` (RFC 9110, section 10.1.1) keeps its body until it is asked for it, so that
 * a refusal costs it nothing. Node would ask at once; here the route does, when it starts to read.
 */
export function askForBodiesLate(app: App): void {
  app.server.on('checkContinue', (request, response) => {
    app.server.emit('request', request, response);
  });
  app.addHook('preParsing', async (request, reply) => {
    if (!takesForm(request) && !takesPieces(request)) letContinue(request, reply);
  });
}

export function letContinue(request: FastifyRequest, reply: FastifyReply): void {
  if (request.headers.expect?.toLowerCase() === '100-continue') reply.raw.writeContinue();
}
