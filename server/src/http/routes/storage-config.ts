import type { App } from '../app.ts';
import { problems } from '../schemas.ts';
import type { Services } from '../services.ts';
import { StorageConfigBody, StorageConfigSchema, storageConfigJson } from '../storage-config-json.ts';

const tags = ['Administration'];

/** Where new files go, and which are taken. */
export async function storageConfigRoutes(app: App, { access, storageConfig }: Services): Promise<void> {
  app.get(
    '/admin/storage-config',
    {
      config: { only: 'admins' },
      schema: {
        operationId: 'getStorageConfig',
        summary: 'Read where and what files are kept',
        description: 'For administrators. What a variable forces is told in `forced`.',
        tags,
        response: { 200: StorageConfigSchema, ...problems(401, 403) },
      },
    },
    async (request, reply) => {
      void reply.header('cache-control', 'no-store');
      return storageConfigJson(storageConfig.read(access.toConfigureStorage(request.caller())));
    },
  );

  app.put(
    '/admin/storage-config',
    {
      config: { only: 'admins' },
      schema: {
        operationId: 'updateStorageConfig',
        summary: 'Change where and what files are kept',
        description:
          'For administrators. All settings together, with the `version` they were read with: who was overtaken is refused. In force at every instance within a second; only `base_path` waits for the next start. Files that are there stay, whatever the new limits.',
        tags,
        body: StorageConfigBody,
        response: { 200: StorageConfigSchema, ...problems(400, 401, 403, 409) },
      },
    },
    async (request, reply) => {
      const { storage_type, base_path, max_file_size, allowed_mime_types, version } = request.body;
      const wanted = {
        ...{ storageType: storage_type, basePath: base_path, maxFileSize: max_file_size },
        ...{ types: allowed_mime_types, version },
      };
      const grant = access.toConfigureStorage(request.caller());
      void reply.header('cache-control', 'no-store');
      return storageConfigJson(await storageConfig.change(grant, wanted));
    },
  );
}
