import { pino } from 'pino';
import { parseConfig } from '../../server/src/config.ts';
import { buildApp } from '../../server/src/http/app.ts';
import type { ApiDocument } from '../../server/src/http/openapi/document.ts';
import { apiDocument } from '../../server/src/http/openapi.ts';

/** The description of the API as the source has it: no database, no socket, nobody asked. */
export async function describedApi(): Promise<ApiDocument> {
  const services: Parameters<typeof buildApp>[0] = {
    config: parseConfig({}),
    db: uncallable(),
    accounts: uncallable(),
    access: uncallable(),
    attachments: uncallable(),
    storageConfig: uncallable(),
    uploadLocks: uncallable(),
    scanner: undefined,
    silenceSeconds: 60,
    tickets: uncallable(),
    live: uncallable(),
    replies: uncallable(),
  };
  const app = await buildApp(services, pino({ level: 'silent' }));
  try {
    await app.ready();
    return apiDocument(app);
  } finally {
    await app.close();
  }
}

/** Routes may take things from it while they are registered; whoever calls one of them gets a TypeError. */
function uncallable<Service extends object>(): Service {
  return new Proxy<Service>(Object.create(null), { get: () => uncallable() });
}
