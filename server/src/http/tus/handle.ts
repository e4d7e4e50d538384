import { type Lock, Server } from '@tus/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Unlock } from '../../attachments/index.ts';
import { Refusal } from '../../refusals.ts';
import { locationOf } from '../addresses.ts';
import type { Services } from '../services.ts';
import { bodyOf } from './body.ts';
import { Exchange } from './exchange.ts';
import { failureOf } from './failure.ts';

/** Milliseconds in which a request that another is waiting for may still get bytes. */
const LAST_BYTES = 300;

/**
 * Leads one request through the shell and readies the answer, which has no body. Throws the refusal. `uploadId` is that
 * of the address, where it has one.
 */
export async function handle(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  uploadId?: string,
): Promise<null> {
  const { config, uploadLocks, attachments, silenceSeconds } = services;
  const body = bodyOf(request.raw, silenceSeconds);
  const exchange = new Exchange(services, request, reply, body);
  const failures: unknown[] = [];
  const shell = new Server({
    path: '/api/v1/uploads/tus',
    datastore: exchange,
    // To be told; what an upload may take is judged with everything else of it.
    maxSize: (_, id) => (id === null ? attachments.limits.maxFileSize : 0),
    allowedOrigins: [],
    lockDrainTimeout: LAST_BYTES,
    getFileIdFromRequest: () => uploadId,
    generateUrl: (_, { id }) => locationOf(request, config, `/uploads/tus/${id}`),
    namingFunction: () => crypto.randomUUID(),
    // Before the lock: nobody makes another's request give way.
    async onIncomingRequest(_, id) {
      if (uploadId !== undefined) await attachments.resumable.get(request.caller(), id);
    },
    locker: { newLock },
    onResponseError: (_, error) => void failures.push(error),
  });
  try {
    const answer = await shell.handleWeb(webRequest(request));
    if (failures.length > 0) {
      const asked = Number(request.headers['upload-offset']);
      throw failureOf(failures[0], { is: exchange.upload?.offset ?? 0, asked });
    }
    if (answer.status >= 400) throw new Refusal('request_invalid', { actual: (await answer.text()).trim() });
    prepare(reply, answer, exchange);
    return null;
  } finally {
    body.release();
  }

  function newLock(id: string): Lock {
    let unlock: Unlock | undefined;
    return {
      async lock(signal, giveWay) {
        const wanted = () => {
          body.endWithin(LAST_BYTES);
          giveWay();
        };
        // A new upload is known to nobody but this request.
        if (uploadId !== undefined) unlock = await uploadLocks.lock(id, wanted, signal);
      },
      unlock: async () => unlock?.(),
    };
  }
}

/** The request as the shell knows it, with the headers that are its business. The body is ours to read. */
function webRequest(request: FastifyRequest): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    if (/^(tus-|upload-|content-)/.test(name)) headers.set(name, String(value));
  }
  const { method } = request;
  return new Request(`http://docket${request.url}`, { method, headers });
}

function prepare(reply: FastifyReply, answer: Response, { upload }: Exchange): void {
  reply.code(answer.status);
  if (answer.status !== 204) reply.header('content-length', 0);
  for (const [name, value] of answer.headers) {
    if (!/^(access-control-|content-)/.test(name)) reply.header(name, value);
  }
  if (upload) {
    reply.header('docket-upload-id', upload.id);
    if (upload.attachmentId) reply.header('docket-attachment-id', upload.attachmentId);
    if (upload.state === 'receiving') reply.header('upload-expires', upload.expiresAt.toUTCString());
    else reply.removeHeader('upload-expires');
  }
}
