import { Type } from 'typebox';
import type { App } from '../app.ts';
import { createHealth, HealthSchema } from '../health.ts';
import type { Services } from '../services.ts';

const tags = ['Health'];

/** For whoever watches over Docket: a supervisor, a balancer, a person. */
export async function healthRoutes(
  app: App,
  { leaving, ...services }: Services & { leaving: AbortSignal },
): Promise<void> {
  const health = createHealth(services);

  app.get(
    '/livez',
    {
      config: { public: true },
      schema: {
        operationId: 'getLiveness',
        tags,
        summary: 'Ask whether the server runs',
        description: 'Says nothing of what it needs: a restart does not bring that back.',
        response: { 200: Type.Object({ status: Type.Literal('alive') }) },
      },
    },
    async (_request, reply) => {
      reply.header('cache-control', 'no-store');
      return { status: 'alive' as const };
    },
  );

  app.get(
    '/readyz',
    {
      config: { public: true },
      schema: {
        operationId: 'getReadiness',
        tags,
        summary: 'Ask whether the server can do its work',
        description:
          'Without its database or its file store it cannot. Without its scanner it can: files are taken, and held until they have been scanned. An answer may be two seconds old. A server that was told to stop is not ready, and says so at once.',
        response: { 200: HealthSchema, 503: HealthSchema },
      },
    },
    async (_request, reply) => {
      const found = await health();
      const status = leaving.aborted ? 'stopping' : found.status;
      return reply
        .header('cache-control', 'no-store')
        .code(status === 'ready' ? 200 : 503)
        .send({ ...found, status });
    },
  );
}
