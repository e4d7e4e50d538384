import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import Fastify from 'fastify';
import { expect, it } from 'vitest';
import type { App } from '../../src/http/app.ts';
import { finishWork } from '../../src/http/at-work.ts';

it('an app is closed when the handlers of cut connections have cleared up, also those that throw', async () => {
  const app: App = Fastify();
  finishWork(app);
  const entered = Promise.withResolvers<void>();
  let clearedUp = false;
  app.get('/', async (request) => {
    entered.resolve();
    await new Promise((resolve) => request.raw.socket.once('close', resolve));
    await sleep(200);
    clearedUp = true;
    throw new Error('cut');
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const address = app.server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const socket = connect(address.port, '127.0.0.1').on('error', () => undefined);
  socket.write('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n');
  await entered.promise;

  const closed = app.close();
  app.server.closeAllConnections();
  await closed;
  expect(clearedUp).toBe(true);
});
