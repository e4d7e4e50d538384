import { Client } from '../support/client.ts';
import { shippedNginx } from '../support/deployment.ts';
import { openTestDesk, type TestDesk } from '../support/desk.ts';
import { type Environment, MAIN, type Running, serve, urlOf } from '../support/docket.ts';
import { freePort } from '../support/free-port.ts';
import { type Nginx, startNginx } from '../support/nginx.ts';

/** One of two server processes. */
export interface Instance {
  url: string;
  /** SIGKILL; resolves when it has gone. */
  kill(): Promise<void>;
}

export interface TwoDockets {
  nginx: Nginx;
  instances: [Instance, Instance];
  /** Beside them, for its database: it makes people, who are sent to nginx. */
  desk: TestDesk;
  person(role: 'customer' | 'agent'): Promise<Client>;
  /** Which of the two an answer says that it is from. */
  servedBy(header: unknown): Instance;
  close(): Promise<void>;
}

/** Says which instance answered: the one line that the shipped configuration has not. */
const TELLING = 'location / {\n    add_header x-served-by $upstream_addr always;';

/** Two Dockets over one PostgreSQL, behind nginx with the configuration that is shipped. */
export async function startTwoDockets(settings: Environment): Promise<TwoDockets> {
  const desk = await openTestDesk();
  const env = {
    ...{ DATABASE_URL: urlOf(desk.to), DOCKET_TRUST_PROXY: '127.0.0.1', PORT: '0' },
    ...settings,
  };
  const start = () => serve(env, [MAIN], ['--api-only']);
  const [one, two] = await Promise.all([start(), start()]);
  const instances: [Instance, Instance] = [instanceOf(one), instanceOf(two)];
  const port = await freePort();
  const addresses = [new URL(one.url).host, new URL(two.url).host] as const;
  const nginx = await startNginx(shippedNginx(port, addresses).replace('location / {', TELLING), port);
  return {
    ...{ nginx, instances, desk },
    async person(role) {
      const direct = await desk.person(role);
      return new Client(nginx.url, direct.token, direct.id);
    },
    servedBy(header) {
      const found = instances.find(({ url }) => url === `http://${header}`);
      if (!found) throw new Error(`no instance: ${header}`);
      return found;
    },
    async close() {
      await nginx.stop();
      await Promise.all(instances.map((instance) => instance.kill()));
      await desk.close();
    },
  };
}

function instanceOf({ url, child, ended }: Running & { url: string }): Instance {
  return {
    url,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
