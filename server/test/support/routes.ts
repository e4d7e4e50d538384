import diagnostics from 'node:diagnostics_channel';
import type { FastifyInstance } from 'fastify';

/**
 * The routes, as `GET /path/:parameter`, of every app that is built from here on: not what somebody wrote down, but
 * what really answers. The HEAD that stands beside a GET is not told.
 */
export function collectRoutes(): Set<string> {
  const routes = new Set<string>();
  diagnostics.subscribe('fastify.initialization', (message) => {
    const { fastify } = message as { fastify: FastifyInstance };
    fastify.addHook('onRoute', ({ method, url }) => {
      const methods = [method].flat();
      for (const one of methods) {
        if (one !== 'HEAD' || !routes.has(`GET ${url}`)) routes.add(`${one} ${url}`);
      }
    });
  });
  return routes;
}
