import { Type } from 'typebox';
import type { App } from '../app.ts';
import { apiDocument } from '../openapi.ts';
import { REFERENCE_HEADERS, referencePage } from '../pages/reference.ts';

const tags = ['Reference'];

/** What the API is, for programs and for people: the same for everybody, for as long as the server runs. */
export async function referenceRoutes(app: App): Promise<void> {
  let made: { json: string; page: string } | undefined;
  const reference = () => {
    if (!made) {
      const document = apiDocument(app);
      made = { json: JSON.stringify(document), page: referencePage(document) };
    }
    return made;
  };

  app.get(
    '/openapi.json',
    {
      config: { public: true },
      schema: {
        operationId: 'getOpenapi',
        tags,
        summary: 'Read this description',
        description: 'OpenAPI 3.1.',
        response: { 200: Type.Unsafe<string>({ type: 'object' }) },
      },
    },
    (_request, reply) => {
      reply.type('application/json').serializer(String).send(reference().json);
    },
  );

  app.get(
    '/reference',
    {
      config: { public: true },
      schema: {
        operationId: 'getReference',
        tags,
        summary: 'Read this description as a page',
        produces: ['text/html'],
        response: { 200: Type.String() },
      },
    },
    (_request, reply) => {
      reply.headers(REFERENCE_HEADERS).serializer(String).send(reference().page);
    },
  );
}
