import files from '@fastify/static';
import type { FastifyRequest } from 'fastify';
import type { App } from './app.ts';
import { refuseUnknown } from './errors.ts';

/** The app needs nothing from elsewhere, and nothing that stands inline. PDFs are previewed in a frame. */
const POLICY = [
  "default-src 'none'",
  ...["script-src 'self'", "style-src 'self'", "img-src 'self' blob:", "font-src 'self'"],
  ...["connect-src 'self'", "frame-src 'self'", "manifest-src 'self'", "form-action 'self'"],
  ...["base-uri 'none'", "frame-ancestors 'none'"],
].join('; ');

/** `same-origin`: the token of a link goes to no other site as a referrer. */
const PAGE_HEADERS = { 'content-security-policy': POLICY, 'referrer-policy': 'same-origin' };

/**
 * Serves the built web app in the folder `dist` at `/`. Whatever a browser navigates to outside of `/api` gets
 * the app's page; a file that is not there is 404. No line of the log holds these addresses: some carry tokens.
 */
export async function serveWeb(app: App, dist: string): Promise<void> {
  await app.register(files, {
    root: dist,
    dotfiles: 'ignore',
    preCompressed: true,
    cacheControl: false,
    logLevel: 'warn',
    setHeaders: (reply, path) =>
      reply.headers({
        ...PAGE_HEADERS,
        'cache-control': isHashed(path) ? 'public, max-age=31536000, immutable' : 'no-cache',
      }),
  });
  app.setNotFoundHandler(async (request, reply) => {
    if (!isNavigation(request)) return refuseUnknown();
    return reply.code(200).sendFile('index.html');
  });
}

/** Vite puts what it names by its content into this folder. */
function isHashed(path: string): boolean {
  return /[\\/]assets[\\/][^\\/]+$/.test(path);
}

/** Somebody goes to an address of the app, as opposed to a page that asks for a file it needs. */
function isNavigation({ method, url, headers }: FastifyRequest): boolean {
  const [path = ''] = url.split('?', 1);
  return (
    (method === 'GET' || method === 'HEAD') &&
    !/^\/(api|assets)(\/|$)/.test(path) &&
    (headers.accept?.includes('text/html') ?? false)
  );
}
