import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createS3Client } from '../../../src/attachments/store/s3/client.ts';
import { createS3Store } from '../../../src/attachments/store/s3.ts';

const SIZE = 20_000_000;

const server = createServer((_, response) => {
  response.writeHead(200, { 'content-length': SIZE });
  response.end(Buffer.alloc(SIZE));
});
beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function storeWith(silence: number) {
  const { port } = server.address() as AddressInfo;
  const client = createS3Client(
    {
      ...{ endpoint: `http://127.0.0.1:${port}`, region: 'x', forcePathStyle: true },
      ...{ checksums: 'when_required', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } },
    },
    { connection: 1_000, silence },
  );
  return createS3Store({ client, bucket: 'bucket', prefix: '' });
}

// From six seconds on the SDK sets its patience three seconds after the request.
test.each([
  [1_000, 3_000],
  [6_000, 10_500],
])('with a patience of %i ms, a reader that pauses for %i ms gets every byte', async (silence, pause) => {
  const bytes = await storeWith(silence).read('tickets/a/b');
  let seen = 0;
  for await (const chunk of bytes) {
    if (seen === 0) await sleep(pause);
    seen += chunk.length;
  }
  expect(seen).toBe(SIZE);
});
