import { createMemoryHistory, RouterProvider } from '@tanstack/react-router';
import { render } from 'vitest-browser-react';

/** What the server answers; what is undefined is an empty list. */
export type Answer = (asked: Asked) => unknown;

interface Asked {
  method: string;
  /** Below `/api/v1/`. */
  path: string;
  url: URL;
  headers: Headers;
  body: unknown;
}

let answer: Answer = () => undefined;

// The client of the API takes hold of `fetch` when it is loaded.
globalThis.fetch = async (request) => {
  if (!(request instanceof Request)) throw new Error('Only the client of the API was expected');
  const [url, text] = [new URL(request.url), await request.text()];
  const body: unknown = text ? JSON.parse(text) : undefined;
  const path = url.pathname.replace('/api/v1/', '');
  const given = await answer({ method: request.method, path, url, headers: request.headers, body });
  return given instanceof Response ? given : Response.json(given ?? { data: [], total: 0 });
};

const { createAppRouter } = await import('../../src/app/router.tsx');
const { createQueries } = await import('../../src/app/queries.ts');
const { Providers } = await import('../../src/app/Providers.tsx');
const { goBySession } = await import('../../src/app/session-end.ts');
const { loadMessages } = await import('../../src/messages/locale.ts');

/** The whole app at an address, before a server that gives these answers. */
export async function showApp(path: string, server: Answer) {
  answer = server;
  const queries = createQueries();
  const router = createAppRouter(queries);
  router.update({ ...router.options, history: createMemoryHistory({ initialEntries: [path] }) });
  goBySession(queries, router);
  const screen = await render(
    <Providers locale="en" messages={await loadMessages('en')} queries={queries}>
      <RouterProvider router={router} />
    </Providers>,
  );
  return { ...screen, queries, router };
}

/** As the API refuses. */
export const refusal = (status: number, code: string) => Response.json({ code }, { status });
