import { request } from 'node:http';
import type { DocketCandidate } from './candidates.ts';
import { agent, median, type Target, upload } from './load.ts';

const SIZE = 50 * 1024 * 1024;
const CHUNK = 8 * 1024 * 1024;
const ROUNDS = 9;
const VERSION = { 'tus-resumable': '1.0.0' };

/** 50 MB by form and by tus, taking turns: what it costs to be able to resume. */
export async function measureResumable(docket: DocketCandidate): Promise<void> {
  const content = Buffer.alloc(SIZE, '2026-11-22 10:00:00 printer: paper jam in tray 2, the third today\n');
  const times = { form: [] as number[], tus: [] as number[] };
  for (let round = -1; round < ROUNDS; round++) {
    const target = docket.upload(round + 1);
    const { whole } = await upload(target, content);
    const begun = performance.now();
    await resumableUpload(docket, target, content);
    if (round < 0) continue;
    times.form.push(whole);
    times.tus.push(performance.now() - begun);
  }
  const [form, tus] = [median(times.form), median(times.tus)];
  console.log(
    `50 MB by form ${form.toFixed(0)} ms, by tus in 8 MiB chunks ${tus.toFixed(0)} ms\n  ratio ${(tus / form).toFixed(2)}\n`,
  );
}

async function resumableUpload(
  docket: DocketCandidate,
  { url, headers }: Target,
  content: Buffer,
): Promise<void> {
  const [, ticket = ''] = /tickets\/([^/]+)/.exec(url) ?? [];
  const metadata = { filename: 'log.txt', ticket_id: ticket };
  const encoded = Object.entries(metadata).map(([key, value]) => `${key} ${btoa(value)}`);
  const created = await send('POST', `${docket.url}/api/v1/uploads/tus`, {
    ...{ ...headers, ...VERSION, 'content-length': 0 },
    ...{ 'upload-length': content.length, 'upload-metadata': encoded.join(',') },
  });
  for (let at = 0; at < content.length; at += CHUNK) {
    const piece = content.subarray(at, at + CHUNK);
    const type = { 'content-type': 'application/offset+octet-stream', 'content-length': piece.length };
    await send('PATCH', created, { ...headers, ...VERSION, ...type, 'upload-offset': at }, piece);
  }
}

/** Resolves to the Location of the answer. */
function send(
  method: string,
  url: string,
  headers: Record<string, string | number>,
  body?: Buffer,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const sending = request(url, { agent, method, headers }, (response) => {
      response.resume();
      response.on('end', () => {
        if (response.statusCode === 201 || response.statusCode === 204)
          resolve(response.headers.location ?? '');
        else reject(new Error(`${method} ${url} answered ${response.statusCode}`));
      });
    });
    sending.on('error', reject);
    sending.end(body);
  });
}
