import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));

it('npm scripts run on the pinned Node, whatever the machine has and npm has linked', async () => {
  const { optionalDependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const pinned = optionalDependencies[`node-${process.platform}-${process.arch}`];
  // As the machine's own Node sees itself.
  const old =
    "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.0.0' } })";
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', `data:text/javascript,${old}`, 'scripts/run.mjs', 'node', '-p', 'process.version'],
    { cwd: root, env: { PATH: '/usr/bin:/bin' } },
  );
  expect(stdout).toBe(`v${pinned}\n`);
});

it('what is compiled is kept beside the packages, and nowhere else unless somebody says where', async () => {
  const kept = async (env: Record<string, string>) => {
    const asks = ['scripts/run.mjs', 'node', '-p', 'process.env.NODE_COMPILE_CACHE'];
    const { stdout } = await promisify(execFile)(process.execPath, asks, { cwd: root, env });
    return stdout.trimEnd();
  };
  expect(await kept({})).toBe(join(root, 'node_modules/.cache/docket'));
  expect(await kept({ NODE_COMPILE_CACHE: '/elsewhere' })).toBe('/elsewhere');
});

it('every npm script that needs it asks for it', async () => {
  const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const bare = Object.entries<string>(scripts).filter(
    ([, script]) => !script.includes('node scripts/run.mjs '),
  );
  expect(bare.map(([name]) => name)).toEqual(['start', 'test', 'format']); // `docket` finds it itself, tests are two other scripts, Biome is none
});
