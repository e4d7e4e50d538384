import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { fingerprintOf, type IdempotencyKey } from '../db/idempotency.ts';
import { Refusal } from '../refusals.ts';

/** The headers of every POST that creates something, for its schema. `idempotencyOf` judges the key. */
export const IdempotencyHeaders = Type.Object({
  'Idempotency-Key': Type.Optional(
    Type.String({
      description:
        '1 to 255 visible ASCII characters of your choice. A repeat with the same key within 24 hours gets the first answer and creates nothing.',
    }),
  ),
});

/**
 * What makes a repeat of this request known: the caller, their Idempotency-Key, and the method, path and `parts`
 * that decide the answer. Undefined without the header; throws `idempotency_key_invalid`.
 */
export function idempotencyOf(request: FastifyRequest, ...parts: unknown[]): IdempotencyKey | undefined {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(key)) {
    throw new Refusal('idempotency_key_invalid');
  }
  const fingerprint = fingerprintOf(request.method, request.url, ...parts);
  return { userId: request.caller().id, key, fingerprint };
}
