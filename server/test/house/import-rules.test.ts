import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const HOUSE = [
  ...['server/bin', 'server/src', 'server/test/support', 'server/package.json'],
  ...['web/src', 'web/package.json', 'scripts', 'package.json', 'tsconfig.json'],
];
const RULES = ['biome.json', '.dependency-cruiser.mjs', '.gitignore'];

/** One breach a file: what is planted where, and the rule that must say so. */
const BREACHES: [rule: string, file: string, source: string][] = [
  ['attachments-stands-alone', 'server/src/attachments/store/a.ts', "import '../../helpdesk/caller.ts';"],
  [
    'attachments-stands-alone',
    'server/src/attachments/b.ts',
    "export type { Problem } from '../http/errors.ts';",
  ],
  ['attachments-stands-alone', 'server/src/attachments/c.ts', "import '../cli/main.ts';"],
  ['attachments-stands-alone', 'server/src/attachments/v.ts', "import '../backup/errors.ts';"],
  ['backup-knows-tables-and-files', 'server/src/backup/a.ts', "import '../helpdesk/caller.ts';"],
  ['backup-knows-tables-and-files', 'server/src/backup/b.ts', "import '../cli/main.ts';"],
  ['backup-for-commands', 'server/src/http/c.ts', "import '../backup/errors.ts';"],
  ['backup-for-commands', 'server/src/compose-4.ts', "import './backup/backup.ts';"],
  ['helpdesk-knows-no-http', 'server/src/helpdesk/d.ts', "export type { Problem } from '../http/errors.ts';"],
  ['attachments-by-its-door', 'server/src/http/e.ts', "import '../attachments/policy.ts';"],
  ['attachments-by-its-door', 'server/src/compose-2.ts', "import './attachments/store/disk.ts';"],
  ['attachments-by-its-door', 'server/src/helpdesk/f.ts', "import '../attachments/grant.ts';"],
  [
    'attachments-by-its-door',
    'server/src/http/g.ts',
    "export type { Grant } from '../attachments/grant.ts';",
  ],
  ['access-mints-grants-only', 'server/src/helpdesk/access.ts', "import '../attachments/quota.ts';"],
  ['fastify-in-http', 'server/src/compose-3.ts', "import 'fastify';"],
  ['fastify-in-http', 'server/src/helpdesk/h.ts', "import type { Multipart } from '@fastify/multipart';"],
  ['fastify-in-http', 'server/src/cli/i.ts', "import '@fastify/helmet';"],
  ['disk-in-few-rooms', 'server/src/http/j.ts', "import 'node:fs/promises';"],
  ['disk-in-few-rooms', 'server/src/attachments/k.ts', "import 'node:fs';"],
  ['environment-in-config', 'server/src/cli/l.ts', "import { env } from 'node:process';"],
  ['web-and-server-apart', 'web/src/api/m.ts', "import '../../../server/src/refusals.ts';"],
  ['web-and-server-apart', 'server/src/http/n.ts', "import '../../../web/src/api/m.ts';"],
  ['files-know-no-page', 'web/src/attachments/w.ts', "export type { Page } from '../tickets/page.ts';"],
  ['files-know-no-page', 'web/src/attachments/x.ts', "import '@tanstack/react-router';"],
  ['primitives-know-no-feature', 'web/src/ui/y.ts', "import '../attachments/w.ts';"],
  ['primitives-know-no-feature', 'web/src/api/z.ts', "import '../tickets/page.ts';"],
  ['no-circle', 'server/src/db/o.ts', "import './p.ts';"],
  ['declared', 'server/src/helpdesk/q.ts', "import 'vitest';"],
  ['found', 'server/src/helpdesk/r.ts', "import './nowhere.ts';"],
];

const THEIR_TARGETS: [file: string, source: string][] = [
  ['server/src/db/p.ts', "import './o.ts';"],
  ['web/src/tickets/page.ts', 'export type Page = 1;'],
];

/** What stays inside the rules, however near it comes. */
const ALLOWED: [file: string, source: string][] = [
  ['server/src/cli/serve-2.ts', "import 'node:fs';"],
  ['server/src/http/s.ts', "export type { Grant } from '../attachments/index.ts';"],
  ['server/src/db/t.ts', "import type { U } from './u.ts';\nexport type T = U | 1;"],
  ['server/src/db/u.ts', "import type { T } from './t.ts';\nexport type U = T | 2;"],
  ['web/src/attachments/in-ui.ts', "export type { Look } from '../ui/look.ts';"],
  ['web/src/ui/look.ts', 'export type Look = 1;'],
  ['server/test/v.test.ts', "import '../src/attachments/policy.ts';"],
];

const copies: string[] = [];
afterAll(() => Promise.all(copies.map((folder) => rm(folder, { recursive: true }))));

/** The house as it is, with more files in it. */
async function houseWith(files: [file: string, source: string][]): Promise<string> {
  const house = await mkdtemp(join(tmpdir(), 'docket-house-'));
  copies.push(house);
  for (const part of [...HOUSE, ...RULES]) await cp(join(root, part), join(house, part), { recursive: true });
  for (const packages of ['node_modules', 'server/node_modules']) {
    if (existsSync(join(root, packages))) await symlink(join(root, packages), join(house, packages));
  }
  for (const [file, source] of files) {
    await mkdir(dirname(join(house, file)), { recursive: true });
    await writeFile(join(house, file), `${source}\n`);
  }
  return house;
}

/** What `npm run check -- name` answers there. */
function check(house: string, name: string): Promise<{ code: number; output: string }> {
  const path = `${join(root, 'node_modules/.bin')}:${process.env.PATH}`;
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['scripts/check.ts', name],
      { cwd: house, env: { ...process.env, PATH: path, FORCE_COLOR: '0', NO_COLOR: '1' } },
      (error, stdout, stderr) => resolve({ code: error ? Number(error.code) : 0, output: stdout + stderr }),
    );
  });
}

describe('the house as it is, and whatever stays inside its rules,', () => {
  it('passes', async () => {
    const { code, output } = await check(await houseWith(ALLOWED), 'imports');
    expect(output).toContain('All checks passed');
    expect(code).toBe(0);
  });
});

describe('a planted breach', () => {
  let code: number;
  let output: string;

  beforeAll(async () => {
    const breaches: [string, string][] = BREACHES.map(([, file, source]) => [file, source]);
    const house = await houseWith([...breaches, ...THEIR_TARGETS]);
    ({ code, output } = await check(house, 'imports'));
  });

  it.each(BREACHES)('of %s in %s is found', (rule, file) => {
    expect(output).toContain(`error ${rule}: ${file} →`);
  });

  it('fails the check', () => {
    expect(code).toBe(1);
  });

  it('of every rule is planted here', async () => {
    const { default: config } = await import(join(root, '.dependency-cruiser.mjs'));
    const rules: string[] = config.forbidden.map((rule: { name: string }) => rule.name);
    expect(new Set(BREACHES.map(([rule]) => rule))).toEqual(new Set(rules));
  });
});

it.each([
  ['server/src/http/environment.ts', 'export const port = process.env.PORT;'],
  ['server/src/cli/environment.ts', "export const port = process.env['PORT'];"],
])('process.env in %s fails the check', async (file, source) => {
  const { code, output } = await check(await houseWith([[file, source]]), 'lint');
  expect(output).toContain(`${file}:1:`);
  expect(output).toContain('noProcessEnv');
  expect(code).toBe(1);
});
