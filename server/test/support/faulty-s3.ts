import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What goes wrong with one request. */
export type Fault =
  /** Refused by an overloaded server, which has done nothing. */
  | 'error'
  /** The connection breaks before anything is done. */
  | 'reset'
  /** It is done, and the answer never comes. */
  | 'lost'
  /** It is never answered. */
  | 'silent'
  /** The answer stops in the middle of its body, and says no more. */
  | 'stalled'
  /** The connection breaks in the middle of the answer's body. */
  | 'cut'
  /** The answer is whole, and shorter or longer than the object. */
  | 'short'
  | 'long'
  /** The tag of another object. */
  | 'tag';

export interface FaultyS3 {
  endpoint: string;
  /** Asked for each request, in order; undefined: it goes well. */
  fault: (asked: IncomingMessage, nth: number) => Fault | undefined;
  /** Method and path of all requests since `forget`. */
  seen: string[];
  /** Bytes of answers that went through. */
  passed(): number;
  forget(): void;
  close(): Promise<void>;
}

/** A real S3 server, behind a line on which things go wrong. Signatures stay good: the request is passed on as it came. */
export async function startFaultyS3(endpoint: string): Promise<FaultyS3> {
  let passed = 0;
  const server = createServer((asked, answer) => {
    faulty.seen.push(`${asked.method} ${asked.url}`);
    const fault = faulty.fault(asked, faulty.seen.length);
    if (fault === 'reset') return void asked.socket.destroy();
    if (fault === 'silent') return;
    if (fault === 'error') return refuse(asked, answer);
    const { method, url: path, headers } = asked;
    const { hostname, port } = new URL(endpoint);
    const onward = request({ hostname, port, method, path, headers }, (got) => {
      if (fault === 'lost') {
        got.resume();
        return void asked.socket.destroy();
      }
      pass(got, answer, fault, (bytes) => {
        passed += bytes;
      }).catch(() => answer.destroy());
    });
    onward.on('error', () => answer.destroy());
    answer.on('close', () => onward.destroy());
    asked.pipe(onward);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  const faulty: FaultyS3 = {
    endpoint: `http://127.0.0.1:${port}`,
    fault: () => undefined,
    seen: [],
    passed: () => passed,
    forget() {
      faulty.seen.length = 0;
      passed = 0;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
  return faulty;
}

function refuse(asked: IncomingMessage, answer: ServerResponse): void {
  asked.resume();
  answer.writeHead(500, { 'content-type': 'application/xml' });
  answer.end('<?xml version="1.0"?><Error><Code>InternalError</Code><Message>Not today.</Message></Error>');
}

async function pass(
  got: IncomingMessage,
  answer: ServerResponse,
  fault: Fault | undefined,
  through: (bytes: number) => void,
): Promise<void> {
  const size = Number(got.headers['content-length'] ?? 0);
  const half = Math.floor(size / 2);
  const headers = { ...got.headers };
  if (fault === 'short') headers['content-length'] = String(half);
  if (fault === 'long') headers['content-length'] = String(size + 10);
  if (fault === 'tag' && headers.etag) headers.etag = '"00000000000000000000000000000000"';
  answer.writeHead(got.statusCode ?? 502, headers);
  let sent = 0;
  for await (const chunk of got) {
    const limit = fault === 'short' || fault === 'cut' || fault === 'stalled' ? half - sent : chunk.length;
    const part = chunk.subarray(0, limit);
    sent += part.length;
    through(part.length);
    if (!answer.write(part))
      await Promise.race([new Promise((go) => answer.once('drain', go)), sleep(5_000)]);
    if (part.length === chunk.length) continue;
    if (fault === 'stalled') return;
    break;
  }
  if (fault === 'cut') return void answer.destroy();
  answer.end(fault === 'long' ? 'and more..' : undefined);
}
