import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '../support/client.ts';
import { offsetIn, tusOf } from '../support/tus.ts';
import { sha256 } from './acknowledged.ts';
import { type Environment, type ServerProcess, startServer } from './server-process.ts';

const MB = 1024 * 1024;
export const CHUNK = 8 * MB;
const LIMITS: Environment = { DOCKET_MAX_FILE_SIZE: '100MB', DOCKET_MAX_TOTAL_SIZE_PER_TICKET: '1GB' };
const LOCKED = 423;

export interface Resumed {
  size: number;
  /** Bytes that had been answered for when the server was killed, and the offset it told after. */
  acknowledged: number;
  offset: number;
  /** Bytes that were sent more than once. */
  twice: number;
  /** Milliseconds from the restart to the first answer that knows the offset. */
  waited: number;
  whole: boolean;
  /** Files that the ticket shows. */
  files: number;
}

/** Uploads a file of 20 to 50 MB in chunks, kills the server at a random instant of that, starts it again and goes on. */
export async function resumeAfterKill(dataDir: string, token: string): Promise<Resumed> {
  const bytes = someText(20 * MB + Math.floor(Math.random() * 30 * MB));
  let server = await startServer(dataDir, LIMITS);
  const ticket = await clientOf(server, token).openTicket();
  const path = await tusOf(clientOf(server, token)).begin(bytes.length, {
    ...{ ticket_id: ticket, filename: `${randomUUID()}.txt` },
  });

  // Now and then after the last byte, while the file is put together, checked and admitted.
  const killAt = Math.floor(Math.random() * bytes.length * 1.2);
  const first = await sendFrom(clientOf(server, token), path, bytes, 0, killAt, server);
  server = await startServer(dataDir, LIMITS);
  const client = clientOf(server, token);
  const begun = Date.now();
  const offset = await offsetOf(client, path);
  const waited = Date.now() - begun;
  const second = offset < bytes.length ? await sendFrom(client, path, bytes, offset) : { sent: 0 };

  const record = await tusOf(client).record(path);
  const download = await client.get(`/attachments/${record.attachment_id}/download`);
  const whole = sha256(new Uint8Array(await download.arrayBuffer())) === sha256(bytes);
  const list = Object(await (await client.get(`/tickets/${ticket}/attachments`)).json());
  await server.stop();
  return {
    ...{ size: bytes.length, acknowledged: first.acknowledged, offset, waited, whole, files: list.total },
    twice: first.sent + second.sent - bytes.length,
  };
}

interface Sent {
  /** Bytes that left here. */
  sent: number;
  /** Where the last answer said that the upload is. */
  acknowledged: number;
}

/** Sends chunk after chunk from `offset` on; with `server`, kills it once the byte at `killAt` has left. */
async function sendFrom(
  client: Client,
  path: string,
  bytes: Buffer,
  offset: number,
  killAt = Number.POSITIVE_INFINITY,
  server?: ServerProcess,
): Promise<Sent> {
  const so = { sent: 0, acknowledged: offset };
  let killed: Promise<void> | undefined;
  const kill = () => {
    killed ??= server?.kill({ postgres: Math.random() < 0.5 });
  };
  async function* pieces(from: number, to: number) {
    for (let at = from; at < to; at += 64 * 1024) {
      if (at >= killAt) kill();
      const piece = bytes.subarray(at, Math.min(to, at + 64 * 1024));
      so.sent += piece.length;
      yield piece;
    }
    if (to === bytes.length && killAt >= to) setTimeout(kill, Math.random() * 600);
  }
  try {
    while (so.acknowledged < bytes.length) {
      const { acknowledged } = so;
      const to = Math.min(bytes.length, acknowledged + CHUNK);
      const body = ReadableStream.from(pieces(acknowledged, to));
      const response = await tusOf(client).patch(path, acknowledged, body, {
        'content-length': String(to - acknowledged),
      });
      if (response.status !== 204) throw new Error(`${response.status}: ${await response.text()}`);
      so.acknowledged = offsetIn(response);
    }
  } catch (error) {
    if (!killed) throw error;
  }
  // Where all was answered before it was to happen.
  if (server) kill();
  await killed;
  return so;
}

/** Asks until the lock of the process that died is free. */
async function offsetOf(client: Client, path: string): Promise<number> {
  for (;;) {
    const response = await tusOf(client).head(path);
    if (response.status === 200) return offsetIn(response);
    if (response.status !== LOCKED) throw new Error(`HEAD: ${response.status}`);
    await sleep(500);
  }
}

function clientOf({ url }: ServerProcess, token: string): Client {
  return new Client(url, token, '');
}

function someText(size: number): Buffer {
  return Buffer.from(
    randomBytes(Math.ceil(size / 2))
      .toString('hex')
      .slice(0, size),
  );
}
