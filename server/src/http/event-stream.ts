import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import type { Told } from '../helpdesk/live.ts';

/** Milliseconds between two signs of life: proxies cut what is silent for a minute, and a reader wants to know. */
export const HEARTBEAT = 20_000;
/** Bytes that wait for a reader who does not keep up, beyond what the connection itself holds. */
const MOST_BEHIND = 64 * 1024;

export type EventStream = ReturnType<typeof openEventStream>;

/** The body of a stream of server-sent events (HTML, section 9.2), for one reader. */
export function openEventStream() {
  const body = new Readable({ read() {}, highWaterMark: MOST_BEHIND });
  let ended = false;
  const heartbeat = setInterval(() => write(eventOf('ping', {})), HEARTBEAT);
  heartbeat.unref();
  body.once('close', () => clearInterval(heartbeat));
  // Not all at once when a server comes back that all of them lost.
  write(`retry: ${1_000 + Math.round(Math.random() * 2_000)}\n\n`);

  function write(text: string): void {
    if (ended || body.destroyed) return;
    body.push(text);
    // Whoever is so far behind comes back, and says how far they have heard.
    if (body.readableLength > MOST_BEHIND) body.destroy();
  }

  return {
    body,
    tell({ kind, place, user_id: _, internal: __, ...subject }: Told): void {
      const known = Object.entries(subject).filter(([, id]) => typeof id === 'string');
      write(eventOf(kind, Object.fromEntries(known), place));
    },
    end(): void {
      if (ended) return;
      ended = true;
      body.push(null);
    },
  };
}

/** Nobody on the way keeps it, or holds it back to send more at once. */
export function sendEvents(reply: FastifyReply, { body }: EventStream): FastifyReply {
  return reply
    .headers({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      // What has ended at a stop is not to be waited for.
      connection: 'close',
    })
    .send(body);
}

function eventOf(kind: string, data: object, id?: string): string {
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${kind}\ndata: ${JSON.stringify(data)}\n\n`;
}
