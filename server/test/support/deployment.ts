import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';

const ROOT = new URL('../../../', import.meta.url);

/** A file of the repository, by its path from the root. */
export const textOf = (path: string) => readFileSync(new URL(path, ROOT), 'utf8');

/** What a YAML file says, a document each, with its anchors followed; throws at the first mistake in it. */
export function documentsIn(path: string): unknown[] {
  return parseAllDocuments(textOf(path), { merge: true, strict: true }).map((document) => {
    const [first] = [...document.errors, ...document.warnings];
    if (first) throw first;
    return document.toJS();
  });
}

/** The paths of the Kubernetes example. */
export async function manifests(): Promise<string[]> {
  const folder = 'deploy/kubernetes';
  const names = await readdir(fileURLToPath(new URL(folder, ROOT)));
  return names.sort().map((name) => `${folder}/${name}`);
}

/** What stands at this path of keys and places in parsed YAML or JSON; undefined where there is nothing. */
export function at(value: unknown, ...path: (string | number)[]): unknown {
  return path.reduce<unknown>((within, key) => Object(within)[key], value);
}

/** deploy/nginx.conf, to listen on this port, before these instances. */
export function shippedNginx(port: number, instances: readonly [string, string]): string {
  return instances
    .reduce((conf, address, i) => conf.replace(`docket-${i + 1}:3000`, address), textOf('deploy/nginx.conf'))
    .replace('listen 80;', `listen 127.0.0.1:${port};`);
}
