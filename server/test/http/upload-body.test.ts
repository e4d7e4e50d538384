import { setTimeout as sleep } from 'node:timers/promises';
import multipart from '@fastify/multipart';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readUploadBody } from '../../src/http/upload-body.ts';
import { Refusal } from '../../src/refusals.ts';
import { Client } from '../support/client.ts';
import { Exchange } from '../support/exchange.ts';
import { FORM_TYPE, filePart, form } from '../support/form.ts';

/** What happened, in its order. */
let story: string[];
let app: FastifyInstance;
let client: Client;

beforeAll(async () => {
  app = Fastify();
  await app.register(multipart);
  app.post('/api/v1/slow', async (request, reply) => {
    const bounds = { silenceSeconds: 0.2, maxFileSize: 1_000 };
    try {
      await readUploadBody(request, reply, bounds, async (_, bytes) => {
        for await (const _ of bytes);
        await sleep(600); // as long as a check, or a disk, may take
        story.push('received');
      });
    } catch (error) {
      if (error instanceof Refusal) story.push(error.code);
    }
    return reply.send();
  });
  client = new Client(await app.listen({ host: '127.0.0.1', port: 0 }), undefined, '');
});
afterAll(() => app?.close());

const BODY = form([filePart()]);

test.each([
  ['falls silent behind the file', BODY.subarray(0, -4), 'upload_stalled'],
  ['does not end behind the file', Buffer.concat([BODY, Buffer.alloc(70_000)]), 'file_too_large'],
])('a form that %s is refused when its file is in nobody’s hands any more', async (_, sent, code) => {
  story = [];
  const exchange = await Exchange.open(client, '/slow', { ...FORM_TYPE, 'content-length': 1_000_000 });
  await exchange.write(sent);
  await exchange.answer;
  expect(story).toEqual(['received', code]);
});
