import type { Answer } from './browser.ts';
import type { Client } from './client.ts';
import { Exchange } from './exchange.ts';

export const BOUNDARY = 'docket-test-boundary';

/** One part of a form as it stands on the wire, without its boundary. */
export function part(headers: string | Buffer, body: Uint8Array | string = ''): Buffer {
  return Buffer.concat([Buffer.from(headers), Buffer.from('\r\n\r\n'), Buffer.from(body)]);
}

export function filePart(bytes: Uint8Array | string = 'It burns.\n', fileName = 'note.txt'): Buffer {
  return part(`Content-Disposition: form-data; name="file"; filename="${fileName}"`, bytes);
}

export function fieldPart(name: string, value: string): Buffer {
  return part(`Content-Disposition: form-data; name="${name}"`, value);
}

/** A whole form of these parts. */
export function form(parts: Buffer[], boundary = BOUNDARY): Buffer {
  return Buffer.concat([
    ...parts.flatMap((one) => [Buffer.from(`--${boundary}\r\n`), one, Buffer.from('\r\n')]),
    Buffer.from(`--${boundary}--\r\n`),
  ]);
}

export const FORM_TYPE = { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` };

/** The head's line that says how the body comes: its length, or in chunks. */
export function framing(body: Uint8Array, how: 'whole' | 'chunked'): Record<string, string | number> {
  return how === 'whole' ? { 'content-length': body.length } : { 'transfer-encoding': 'chunked' };
}

/** Sends a body as it is and waits for the answer. Throws when there is none. */
export async function post(
  client: Client,
  path: string,
  body: Uint8Array,
  { how = 'whole', headers = {} }: { how?: 'whole' | 'chunked'; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const exchange = await Exchange.open(client, path, { ...FORM_TYPE, ...framing(body, how), ...headers });
  if (how === 'whole') await exchange.write(body);
  else await inChunks(exchange, body);
  const answer = await exchange.answer;
  exchange.finish();
  if (!answer) throw new Error('the connection ended without an answer');
  return answer;
}

async function inChunks(exchange: Exchange, body: Uint8Array): Promise<void> {
  for (let at = 0; at < body.length; at += 16_384) await exchange.writeChunk(body.subarray(at, at + 16_384));
  await exchange.writeChunk('');
}
