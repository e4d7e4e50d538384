import type { Config } from '../config.ts';
import type { OneTimeLink } from '../helpdesk/accounts.ts';

/** Where people reach Docket, as far as the configuration tells; `port` is the one that is listened on. */
export function addressOf({ publicUrl, host, port: configured }: Config, port = configured): string {
  if (publicUrl) return publicUrl;
  const everywhere = host === '0.0.0.0' || host === '::';
  const name = everywhere ? 'localhost' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}

export function linkOf(link: OneTimeLink, config: Config, port?: number): string {
  return addressOf(config, port) + link.path;
}
