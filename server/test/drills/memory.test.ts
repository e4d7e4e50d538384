import { writeFile } from 'node:fs/promises';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createS3Client } from '../../src/attachments/index.ts';
import { startCeph, withCeph } from '../support/ceph.ts';
import type { Client } from '../support/client.ts';
import type { Environment } from '../support/docket.ts';
import { Exchange } from '../support/exchange.ts';
import { FORM_TYPE, filePart, form } from '../support/form.ts';
import { textOf } from '../support/samples.ts';
import { tusOf } from '../support/tus.ts';
import { type LiveDesk, openLiveDesk } from './live-desk.ts';
import { MB, memoryOf } from './process-figures.ts';

/** How many uploads at once, and of how many MB: `50x50` is the promise, the short form its small brother. */
const [UPLOADS = 10, SIZE = 20] = (process.env.DOCKET_TEST_MEMORY ?? '10x20').split('x').map(Number);
const MOST_GROWTH = 100 * MB;
/** What S3 is lent for the parts of all uploads together is taken once, and kept: docs/performance.md. */
const MEMORY_OF_PARTS = 45 * MB;
const PIECE = 64 * 1024;
const CHUNK = 8 * MB;

let desk: LiveDesk;
let person: Client;

/** Sends a file in its way, and resolves to the status of the last answer. */
type Way = (ticket: string, content: Buffer) => Promise<number | undefined>;

/** All begin before any ends: each sends a piece when its last one is on its way. */
const byForm: Way = async (ticket, content) => {
  const body = form([filePart(content)]);
  const exchange = await Exchange.open(person, `/tickets/${ticket}/attachments`, {
    ...FORM_TYPE,
    'content-length': body.length,
  });
  for (let at = 0; at < body.length; at += PIECE) await exchange.write(body.subarray(at, at + PIECE));
  const answer = await exchange.answer;
  exchange.finish();
  return answer?.status;
};

/** The same in pieces, each of which is durable before the next is sent. */
const byTus: Way = async (ticket_id, content) => {
  const tus = tusOf(person);
  const path = await tus.begin(content.length, { filename: 'log.txt', ticket_id });
  let status: number | undefined;
  for (let at = 0; at < content.length; at += CHUNK) {
    ({ status } = await tus.patch(path, at, content.subarray(at, at + CHUNK)));
  }
  return status;
};

/** Where the bytes go: settings of a desk, the most memory that uploads take there, and what ends it. */
interface Place {
  settings: Environment;
  most: number;
  end(): Promise<void>;
}

const onDisk = async (): Promise<Place> => ({ settings: {}, most: MOST_GROWTH, end: async () => {} });

async function inS3(): Promise<Place> {
  const ceph = await startCeph();
  const { endpoint, credentials } = ceph;
  const connection = { endpoint, credentials, region: 'us-east-1', forcePathStyle: true };
  const client = createS3Client({ ...connection, checksums: 'when_required' });
  await client.send(new CreateBucketCommand({ Bucket: 'docket-drill' }));
  return {
    settings: {
      ...{ DOCKET_STORAGE: 's3', DOCKET_S3_BUCKET: 'docket-drill', DOCKET_S3_ENDPOINT: endpoint },
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    },
    most: MOST_GROWTH + MEMORY_OF_PARTS,
    end: () => ceph.stop(),
  };
}

describe.each([
  ['on the disk', onDisk, true],
  ['in S3', inS3, withCeph],
] as const)('%s', (_, begin, isThere) => {
  let place: Place | undefined;
  beforeAll(async () => {
    if (!isThere) return;
    place = await begin();
    desk = await openLiveDesk(place.settings);
    person = await desk.person();
  }, 60_000);
  afterAll(async () => {
    if (!isThere) return;
    await desk?.close();
    await place?.end();
  });

  test.runIf(isThere).each([
    ['by form', byForm, 201],
    ['by tus', byTus, 204],
  ] as const)(
    `${UPLOADS} uploads of ${SIZE} MB at once, %s, take no more memory than is promised`,
    async (way, upload, done) => {
      const content = Buffer.from(textOf(SIZE * MB));
      const ticket = await person.openTicket();
      // What any upload needs once (threads, code, pools) is no growth.
      for (let warm = 0; warm < 3; warm += 1) await person.attach(ticket);
      expect(await upload(ticket, content)).toBe(done);

      const before = await memoryOf(desk.pid);
      await writeFile(`/proc/${desk.pid}/clear_refs`, '5'); // proc_pid_clear_refs(5): the peak begins anew
      const statuses = await Promise.all(Array.from({ length: UPLOADS }, () => upload(ticket, content)));
      const after = await memoryOf(desk.pid);

      const growth = after.peak - before.now;
      console.log(
        `${UPLOADS} x ${SIZE} MB ${way}: ${mb(before.now)} MB before, ${mb(after.peak)} MB at most, ${mb(growth)} MB more`,
      );
      expect(new Set(statuses)).toEqual(new Set([done]));
      expect(growth).toBeLessThan(place?.most ?? 0);
    },
    30_000 + UPLOADS * SIZE * 200,
  );
});

function mb(bytes: number): string {
  return (bytes / MB).toFixed(0);
}
