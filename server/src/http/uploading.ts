import type { IncomingMessage } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Grant, StoredUpload } from '../attachments/index.ts';
import { isAnswered } from '../db/idempotency.ts';
import { Refusal } from '../refusals.ts';
import { idempotencyOf } from './idempotency.ts';
import { problems } from './schemas.ts';
import type { Services } from './services.ts';
import { readUploadBody } from './upload-body.ts';

export const UPLOAD_PROBLEMS = problems(400, 401, 403, 404, 408, 409, 413, 415, 422, 429, 503, 507);

/**
 * The one way in for a form with a file: begin, receive, then `finish` (admit or stage). Whatever ends it early,
 * a refusal or the client going away, gives everything back.
 */
export async function takeUpload<Finished>(
  { db, attachments, silenceSeconds }: Pick<Services, 'db' | 'attachments' | 'silenceSeconds'>,
  request: FastifyRequest,
  reply: FastifyReply,
  grant: Grant<'attach'> | Grant<'stage'>,
  finish: (stored: StoredUpload, description: string | null) => Promise<Finished>,
): Promise<Finished> {
  const key = idempotencyOf(request);
  const repeat = key !== undefined && (await isAnswered(db, key));
  const upload = await attachments.begin(grant, { declaredSize: declaredSize(request), repeat });
  try {
    const bounds = { silenceSeconds, maxFileSize: attachments.limits.maxFileSize };
    const { file, description } = await readUploadBody(request, reply, bounds, (name, bytes) =>
      attachments.receive(upload, name, bytes),
    );
    return await finish(file, description);
  } catch (error) {
    const refusal = error instanceof Refusal && !wentAway(request.raw) ? error : undefined;
    await attachments.abandon(upload, refusal);
    throw error;
  }
}

/** Nobody refused a client anything that broke off: its upload is abandoned, and the audit has nothing to tell. */
function wentAway(request: IncomingMessage): boolean {
  return request.destroyed && !request.complete;
}

function declaredSize(request: FastifyRequest): number | undefined {
  const length = request.headers['content-length'];
  return length === undefined ? undefined : Number(length);
}
