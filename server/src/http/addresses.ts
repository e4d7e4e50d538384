import type { FastifyRequest } from 'fastify';
import type { Config } from '../config.ts';

type Addressing = Pick<Config, 'publicUrl'>;

/** Where people reach Docket, without a trailing slash: as configured, or wherever this request came to. */
export function baseUrl(request: FastifyRequest, { publicUrl }: Addressing): string {
  return publicUrl ?? `${request.protocol}://${request.host}`;
}

/** The Location of what a request has made (RFC 9110, section 10.2.2); `path` is under the API's root. */
export function locationOf(request: FastifyRequest, config: Addressing, path: string): string {
  return `${baseUrl(request, config)}/api/v1${path}`;
}

/** The origin of our own pages; undefined when the request names no host that could have any. */
export function ownOrigin(request: FastifyRequest, config: Addressing): string | undefined {
  return URL.parse(baseUrl(request, config))?.origin;
}

/** Do people reach Docket over HTTPS? */
export function isSecure(request: FastifyRequest, config: Addressing): boolean {
  return ownOrigin(request, config)?.startsWith('https:') ?? false;
}
