/** Clients that others wrote: they upload, are interrupted, and go on. */
import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Upload } from 'tus-js-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Client } from '../support/client.ts';
import { openTestDesk, type TestDesk } from '../support/desk.ts';
import { textOf } from '../support/samples.ts';
import { tusOf } from '../support/tus.ts';

const CHUNK = 1024 * 1024;
const TEXT = textOf(5 * CHUNK + 123);
const PYTHON = '/usr/bin/python3';

let desk: TestDesk;
let person: Client;
let ticket: string;
beforeAll(async () => {
  desk = await openTestDesk({ working: true });
  person = await desk.person('customer');
  ticket = await person.openTicket();
});
afterAll(() => desk?.close());

async function expectFile(path: string): Promise<void> {
  const record = await tusOf(person).record(path);
  expect(record).toMatchObject({ state: 'attached', file_name: 'log.txt' });
  const download = await person.get(`/attachments/${record.attachment_id}/download`);
  const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex');
  expect(sha256(new Uint8Array(await download.arrayBuffer()))).toBe(sha256(TEXT));
}

describe('tus-js-client', () => {
  const options = () => ({
    endpoint: `${person.url}/uploads/tus`,
    chunkSize: CHUNK,
    retryDelays: [0, 50, 200],
    headers: { authorization: `Bearer ${person.token}` },
    metadata: { filename: 'log.txt', ticket_id: ticket },
  });

  test('goes on with an upload that it called off after two chunks', async () => {
    const path = await new Promise<string>((resolve, reject) => {
      const upload = new Upload(Buffer.from(TEXT), {
        ...options(),
        onError: reject,
        onSuccess: () => reject(new Error('nothing was interrupted')),
        onChunkComplete(_, accepted) {
          if (accepted === 2 * CHUNK) void upload.abort().then(() => resolve(upload.url ?? ''));
        },
      });
      upload.start();
    });
    const sent: number[] = [];
    await new Promise<void>((resolve, reject) => {
      const upload = new Upload(Buffer.from(TEXT), {
        ...options(),
        uploadUrl: path,
        onError: reject,
        onSuccess: () => resolve(),
        onChunkComplete: (_, accepted) => void sent.push(accepted),
      });
      upload.start();
    });
    expect(sent[0]).toBeGreaterThan(2 * CHUNK);
    await expectFile(tusOf(person).pathOf(path));
  });

  test('is told why a file is refused at the end, by the code of the problem', async () => {
    const refused = await new Promise<Error>((resolve, reject) => {
      const upload = new Upload(Buffer.from(TEXT), {
        ...options(),
        metadata: { filename: 'log.pdf', ticket_id: ticket },
        onError: resolve,
        onSuccess: () => reject(new Error('it was taken')),
      });
      upload.start();
    });
    expect(refused.message).toContain('"code":"type_mismatch"');
  });
});

const SCRIPT = `
import sys
from tusclient import client
url, token, ticket, path = sys.argv[1:]
tus = client.TusClient(url, headers={'Authorization': 'Bearer ' + token})
metadata = {'filename': 'log.txt', 'ticket_id': ticket}
first = tus.uploader(path, chunk_size=${CHUNK}, metadata=metadata)
first.upload_chunk()
first.upload_chunk()
again = tus.uploader(path, chunk_size=${CHUNK}, url=first.url)
assert again.offset == ${2 * CHUNK}, again.offset
again.upload()
print(again.url)
`;

const hasTuspy = (() => {
  try {
    execFileSync(PYTHON, ['-c', 'import tusclient'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();
if (!hasTuspy) console.warn('NOT TESTED: tuspy. This needs Python with tusclient (python3-tuspy on Debian).');

describe.runIf(hasTuspy || process.env.CI)('tuspy', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'docket-tuspy-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('goes on with an upload of another uploader', async () => {
    const file = join(folder, 'log.txt');
    await writeFile(file, TEXT);
    const args = [`${person.url}/uploads/tus`, person.token ?? '', ticket, file];
    const { stdout } = await promisify(execFile)(PYTHON, ['-c', SCRIPT, ...args]);
    await expectFile(tusOf(person).pathOf(stdout.trim()));
  });
});
