import { expect, test } from 'vitest';
import { VARIABLES } from '../../src/config/variables.ts';
import { parseConfig } from '../../src/config.ts';
import { at, documentsIn, manifests, textOf } from '../support/deployment.ts';

const known = new Set(Object.values(VARIABLES).map(({ name }) => name));
const OURS = /\b(?:DOCKET|CLAMD|AWS|DATABASE|VIRUSTOTAL)_[A-Z0-9_]+\b/g;

test('every variable of ours that these files name is one that Docket knows', async () => {
  const files = ['Dockerfile', 'docker-compose.yml', ...(await manifests())];
  const unknown = files.flatMap((path) =>
    (textOf(path).match(OURS) ?? []).filter((name) => !known.has(name)).map((name) => `${path}: ${name}`),
  );
  expect(unknown).toEqual([]);
});

test('what Compose gives a Docket is a configuration that it takes', () => {
  const [compose] = documentsIn('docker-compose.yml');
  const environment = Object.entries(Object(at(compose, 'services', 'docket-1', 'environment')));
  const given = {
    DOCKET_PUBLIC_URL: 'https://help.example.org',
    POSTGRES_PASSWORD: 'secret',
    S3_ACCESS_KEY_ID: 'GK00',
    S3_SECRET_ACCESS_KEY: 'secret',
  };
  const config = parseConfig(
    Object.fromEntries(environment.map(([name, text]) => [name, interpolated(String(text), given)])),
  );
  expect(config).toMatchObject({ storage: 's3', scanner: { kind: 'clamav' } });
  expect(config.s3).toMatchObject({ bucket: 'docket', forcePathStyle: true });
});

test('what Kubernetes gives a Docket is one too, once the secrets are filled in', () => {
  const [map] = documentsIn('deploy/kubernetes/configuration.yaml');
  const [secret] = documentsIn('deploy/kubernetes/secret.example.yaml');
  const filled = Object.keys(Object(at(secret, 'stringData'))).map((name) => [name, SECRETS[name] ?? '']);
  expect(parseConfig({ ...Object(at(map, 'data')), ...Object.fromEntries(filled) })).toMatchObject({
    ...{ storage: 's3', publicUrl: 'https://help.example.org' },
    databaseUrl: SECRETS.DATABASE_URL,
  });
});

const SECRETS: Record<string, string> = {
  DATABASE_URL: 'postgres://docket:secret@postgres.example.org:5432/docket',
  AWS_ACCESS_KEY_ID: 'key',
  AWS_SECRET_ACCESS_KEY: 'secret',
};

/** `${NAME:?why}` and `${NAME:-default}`, as Compose reads them. */
function interpolated(text: string, given: Record<string, string>): string {
  return text.replace(/\$\{([A-Z0-9_]+):([?-])([^}]*)\}/g, (_, name, kind, rest) => {
    const value = given[name] ?? (kind === '-' ? rest : undefined);
    if (value === undefined) throw new Error(`${name}: ${rest}`);
    return value;
  });
}
