import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

export interface Known {
  malicious?: number;
  suspicious?: number;
  undetected?: number;
  harmless?: number;
}

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** Answers with a report on `sha256` (by default the one that is asked for), as VirusTotal does. */
export const report =
  (known: Known, sha256?: string): Answer =>
  (request, response) => {
    const asked = request.url?.split('/').at(-1) ?? '';
    const last_analysis_stats = {
      ...{ malicious: 0, suspicious: 0, undetected: 0, harmless: 0, timeout: 0, failure: 1 },
      ...known,
    };
    const attributes = { sha256: sha256 ?? asked, last_analysis_stats, last_analysis_date: 1_763_600_000 };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ data: { id: asked, type: 'file', attributes } }));
  };

export const unknown: Answer = (_, response) => {
  response.statusCode = 404;
  response.end(JSON.stringify({ error: { code: 'NotFoundError', message: 'File not found' } }));
};

/** Something like VirusTotal, on a socket: knows of each of `files` what is said of it, and of others nothing. */
export async function fakeVirusTotal(files: [bytes: Uint8Array, Known][] = []) {
  const known = new Map(
    files.map(([bytes, word]) => [createHash('sha256').update(bytes).digest('hex'), word] as const),
  );
  const requests: { method: string | undefined; url: string | undefined; key: unknown; body: number }[] = [];
  let behaviour: Answer = (request, response) => {
    const word = known.get(request.url?.split('/').at(-1) ?? '');
    return word ? report(word)(request, response) : unknown(request, response);
  };
  const server = createServer((request, response) => {
    const one = { method: request.method, url: request.url, key: request.headers['x-apikey'], body: 0 };
    requests.push(one);
    request.on('data', (bytes: Buffer) => {
      one.body += bytes.length;
    });
    behaviour(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening on a port');
  return {
    origin: `http://127.0.0.1:${address.port}`,
    requests,
    /** What it does from now on. */
    behave(answer: Answer) {
      behaviour = answer;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
