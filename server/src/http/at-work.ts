import type { App } from './app.ts';

/**
 * Lets `close()` wait, when every connection has ended, for handlers that still clear up after one that was cut:
 * they need the database. For an app whose routes come after.
 */
export function finishWork(app: App): void {
  const atWork = new Set<Promise<unknown>>();
  app.addHook('onRoute', (route) => {
    const { handler } = route;
    route.handler = function (request, reply) {
      const work = handler.call(this, request, reply);
      if (work instanceof Promise) {
        const done = work.catch(() => {}).finally(() => atWork.delete(done));
        atWork.add(done);
      }
      return work;
    };
  });
  app.addHook('onClose', async () => {
    await Promise.all(atWork);
  });
}
