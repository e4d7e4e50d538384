import type { IncomingMessage } from 'node:http';

const OVERRIDABLE = new Set(['HEAD', 'PATCH', 'DELETE']);

/**
 * Takes a POST to an upload for what `X-HTTP-Method-Override` says, for clients that can send nothing else (tus 1.0,
 * core protocol, headers). To be called before the request finds its route; gives back the address as it is.
 */
export function overrideMethod(request: IncomingMessage): string {
  const { url = '/' } = request;
  const method = String(request.headers['x-http-method-override'] ?? '').toUpperCase();
  if (request.method === 'POST' && url.startsWith('/api/v1/uploads/tus/') && OVERRIDABLE.has(method)) {
    request.method = method;
  }
  return url;
}
