import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { createS3Client } from '../server/src/attachments/index.ts';
import { startCeph } from '../server/test/support/ceph.ts';
import { startDocket } from './candidates.ts';
import { download, median, upload } from './load.ts';

const SIZE = 50_000_000;
const ROUNDS = 7;

/** A file of 50 MB into Ceph and out of it, through Docket and by the SDK alone, which take turns. */
export async function measureS3(parent: string): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const ceph = stack.adopt(await startCeph(), (it) => it.stop());
  const connection = {
    ...{ endpoint: ceph.endpoint, region: 'us-east-1', forcePathStyle: true },
    ...{ checksums: 'when_required' as const, credentials: ceph.credentials },
  };
  const client = createS3Client(connection);
  const Bucket = 'docket-bench';
  await client.send(new CreateBucketCommand({ Bucket }));
  const docket = stack.adopt(
    await startDocket(parent, {
      ...{ DOCKET_STORAGE: 's3', DOCKET_S3_BUCKET: Bucket, DOCKET_S3_ENDPOINT: ceph.endpoint },
      AWS_ACCESS_KEY_ID: ceph.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: ceph.credentials.secretAccessKey,
    }),
    (it) => it.stop(),
  );
  const folder = stack.adopt(await mkdtemp(join(parent, 's3-')), (it) => rm(it, { recursive: true }));
  const content = Buffer.alloc(SIZE, '2026-11-22 10:00:00 printer: paper jam in tray 2\n');
  const path = join(folder, 'large.txt');
  await writeFile(path, content);

  const put = async () => {
    const Body = createReadStream(path);
    await client.send(
      new PutObjectCommand({ Bucket, Key: `bare/${randomUUID()}`, Body, ContentLength: SIZE }),
    );
  };
  await takeTurns('upload 50 MB to S3', (turn) => upload(docket.upload(turn), content), put);

  await client.send(new PutObjectCommand({ Bucket, Key: 'bare/one', Body: content }));
  const { url } = docket.upload(0);
  const form = new FormData();
  form.set('file', new Blob([content]), 'large.txt');
  const answer: unknown = await (
    await fetch(url, { method: 'POST', body: form, headers: docket.headers })
  ).json();
  const id = Object(answer).id;
  const target = { url: `${docket.url}/api/v1/attachments/${id}/download`, headers: docket.headers };
  const get = async () => {
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: 'bare/one' }));
    let size = 0;
    if (Body instanceof Readable) for await (const chunk of Body) size += chunk.length;
    if (size !== SIZE) throw new Error('a download was cut');
  };
  await takeTurns('download 50 MB from S3', () => download(target), get);
}

async function takeTurns(
  what: string,
  ours: (turn: number) => Promise<unknown>,
  theirs: (turn: number) => Promise<unknown>,
): Promise<void> {
  const times = { ours: [] as number[], theirs: [] as number[] };
  for (let round = -1; round < ROUNDS; round++) {
    for (const [list, act] of [
      [times.ours, ours],
      [times.theirs, theirs],
    ] as const) {
      const begun = performance.now();
      await act(round + 1);
      if (round >= 0) list.push(performance.now() - begun);
    }
  }
  const [us, them] = [median(times.ours), median(times.theirs)];
  console.log(
    `${what}  Docket ${us.toFixed(0)} ms, the SDK ${them.toFixed(0)} ms\n  ratio ${(us / them).toFixed(2)}\n`,
  );
}
