import { createWriteStream } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import multipart from '@fastify/multipart';
import files from '@fastify/static';
import Fastify from 'fastify';

/**
 * What Docket is measured against: a bare Fastify that streams each upload to disk and fsyncs file and folder, and
 * serves files with @fastify/static. No account, no database row, no hash, no check. Prints its port.
 */
const folder = process.argv[2] ?? '.';
const app = Fastify({ requestTimeout: 0 });
await app.register(multipart, { limits: { fileSize: 1e9 } });
await app.register(files, { root: folder });

let count = 0;
app.post('/upload', async (request, reply) => {
  const name = join(folder, String(count++));
  for await (const part of request.parts()) {
    if (part.type !== 'file') continue;
    const target = createWriteStream(`${name}.partial`, { flush: true });
    await pipeline(part.file, target);
  }
  await rename(`${name}.partial`, name);
  const handle = await open(folder, 'r');
  await handle.sync();
  await handle.close();
  return reply.code(201).send({ name });
});

await app.listen({ host: '127.0.0.1', port: 0 });
const address = app.server.address();
console.log(typeof address === 'object' ? address?.port : address);
