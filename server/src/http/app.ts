import type { IncomingMessage, ServerResponse } from 'node:http';
import helmet from '@fastify/helmet';
import multipart from '@fastify/multipart';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { Ajv } from 'ajv';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, type RawServerDefault } from 'fastify';
import { finishWork } from './at-work.ts';
import { requireCaller } from './authentication.ts';
import { answerBrokenRequest, rememberExchanges } from './broken-request.ts';
import { askForBodiesLate } from './continue.ts';
import { drain } from './drain.ts';
import { refuseUnknown, sendError } from './errors.ts';
import { requireForms } from './forms.ts';
import { describeApi } from './openapi.ts';
import { accountRoutes } from './routes/accounts.ts';
import { attachmentRoutes } from './routes/attachments.ts';
import { eventRoutes } from './routes/events.ts';
import { healthRoutes } from './routes/health.ts';
import { legalHoldRoutes } from './routes/legal-holds.ts';
import { referenceRoutes } from './routes/reference.ts';
import { replyRoutes } from './routes/replies.ts';
import { storageConfigRoutes } from './routes/storage-config.ts';
import { ticketAttachmentRoutes } from './routes/ticket-attachments.ts';
import { ticketRoutes } from './routes/tickets.ts';
import { tusRoutes } from './routes/tus.ts';
import { uploadRoutes } from './routes/uploads.ts';
import { verdictRoutes } from './routes/verdicts.ts';
import type { Services } from './services.ts';
import { overrideMethod } from './tus/method-override.ts';
import { serveWeb } from './web.ts';

export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

const JSON_BODY_LIMIT = 1_048_576;

/**
 * The whole HTTP side, ready to listen: the API, and the web app where `dist` says what folder it was built into.
 * It owns no process state: closing it leaves database and store alone. From `leaving` on it does its work as before,
 * but says that it is not ready, and keeps no connection open: whoever hands on requests is to go elsewhere.
 */
export async function buildApp(
  services: Services,
  logger: FastifyBaseLogger,
  dist?: string,
  leaving = new AbortController().signal,
): Promise<App> {
  const app = Fastify({
    loggerInstance: logger,
    trustProxy: services.config.trustProxy,
    bodyLimit: JSON_BODY_LIMIT,
    // An upload may take hours over a bad line: time without a byte is bounded (upload_stalled), not the whole.
    requestTimeout: 0,
    connectionTimeout: 120_000,
    routerOptions: { maxParamLength: 200 },
    clientErrorHandler: answerBrokenRequest,
    rewriteUrl: overrideMethod,
  }).withTypeProvider<TypeBoxTypeProvider>();
  // No route takes it: as any other type that is not JSON, it is media_type_unsupported.
  app.removeContentTypeParser('text/plain');
  useStrictValidation(app);
  rememberExchanges(app);
  requireForms(app);
  askForBodiesLate(app);
  finishWork(app);
  app.addHook('onRequest', async (_request, reply) => {
    // A proxy must not find out by a request that nobody answers.
    if (leaving.aborted) reply.raw.shouldKeepAlive = false;
  });
  app.addHook('onSend', async (request, reply) => drain(request.raw, reply.raw));
  app.setErrorHandler(sendError);
  await app.register(multipart, MULTIPART);
  await app.register(helmet, HELMET);
  await describeApi(app);
  await app.register(
    async (api) => {
      requireCaller(api, services);
      await api.register(accountRoutes, services);
      await api.register(ticketRoutes, services);
      await api.register(replyRoutes, services);
      await api.register(ticketAttachmentRoutes, services);
      await api.register(attachmentRoutes, services);
      await api.register(verdictRoutes, services);
      await api.register(legalHoldRoutes, services);
      await api.register(uploadRoutes, services);
      await api.register(tusRoutes, services);
      await api.register(storageConfigRoutes, services);
      await api.register(eventRoutes, services);
      await api.register(referenceRoutes);
    },
    { prefix: '/api/v1' },
  );
  await app.register(healthRoutes, { ...services, leaving });
  if (dist) await serveWeb(app, dist);
  else app.setNotFoundHandler(refuseUnknown);
  return app;
}

/** One file and a few short fields; the file's size is told with each request, for it may change. */
const MULTIPART = {
  throwFileSizeLimit: false,
  limits: { files: 2, fields: 5, parts: 8, fieldNameSize: 100, fieldSize: 4096, headerPairs: 20 },
};

/** For what is not a file: those have headers of their own. */
const HELMET = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
  },
  crossOriginResourcePolicy: { policy: 'same-origin' },
  strictTransportSecurity: false,
} as const;

/** Bodies are taken as they are; only what comes as text in the address is turned into numbers and booleans. */
function useStrictValidation(app: App): void {
  const shared = { removeAdditional: false, useDefaults: true, allErrors: false, strict: false } as const;
  const body = new Ajv({ ...shared, coerceTypes: false });
  const address = new Ajv({ ...shared, coerceTypes: true });
  app.setValidatorCompiler(({ schema, httpPart }) => (httpPart === 'body' ? body : address).compile(schema));
}
