import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** A small app, beside the sources of Docket, which builds it: each start is a process of its own, as in life. */
let house: string;
const inWeb = (path: string) => join(house, 'web', path);

beforeAll(async () => {
  house = await mkdtemp(join(tmpdir(), 'docket-web-app-'));
  await cp(join(root, 'server/src'), join(house, 'server/src'), { recursive: true });
  await symlink(join(root, 'node_modules'), join(house, 'node_modules'));
  await writeFile(join(house, 'package.json'), '{ "type": "module" }');
  await writeFile(join(house, 'package-lock.json'), '{}');
  await mkdir(inWeb('src'), { recursive: true });
  await mkdir(inWeb('public'));
  await writeFile(inWeb('package.json'), '{ "type": "module" }');
  await writeFile(inWeb('vite.config.ts'), 'export default {};');
  await writeFile(inWeb('compiled-messages.ts'), '');
  await writeFile(inWeb('index.html'), '<!doctype html><script type="module" src="/src/main.ts"></script>');
  await writeFile(inWeb('src/main.ts'), "document.title = 'the first';");
});
afterAll(() => rm(house, { recursive: true }));

/** What a start says about the app, and whether it may go on. */
async function start(): Promise<{ ok: boolean; said: string }> {
  const program = "const { builtWebApp } = await import('./server/src/cli/web-app.ts'); await builtWebApp();";
  const args = ['--input-type=module', '--eval', program];
  try {
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: house });
    return { ok: true, said: stdout };
  } catch (error) {
    return { ok: false, said: String(error) };
  }
}

async function script(): Promise<string> {
  const files = await readdir(inWeb('dist/assets'));
  return readFile(inWeb(`dist/assets/${files.find((file) => file.endsWith('.js'))}`), 'utf8');
}

it('is built at the first start, packed beside itself, and not again at the next', async () => {
  expect(await start()).toEqual({ ok: true, said: expect.stringContaining('Building the web app') });
  expect(await script()).toContain('the first');
  expect(await readdir(inWeb('dist'))).toEqual(
    expect.arrayContaining(['index.html', 'index.html.br', 'index.html.gz']),
  );
  expect(await start()).toEqual({ ok: true, said: '' });
});

it('is built again after a source or the lock file has changed', async () => {
  await writeFile(inWeb('src/main.ts'), "document.title = 'the second';");
  expect((await start()).said).toContain('Building the web app');
  expect(await script()).toContain('the second');
  await writeFile(join(house, 'package-lock.json'), '{ "lockfileVersion": 3 }');
  expect((await start()).said).toContain('Building the web app');
});

it('stays as it was where the build fails, which says why, and nothing half-built is left', async () => {
  await writeFile(inWeb('src/main.ts'), "import './nowhere.ts';");
  const { ok, said } = await start();
  expect(ok).toBe(false);
  expect(said).toContain('The web app cannot be built');
  expect(said).toContain('nowhere.ts');
  expect(await script()).toContain('the second');
  expect((await readdir(join(house, 'web'))).filter((name) => name.startsWith('dist'))).toEqual(['dist']);

  await writeFile(inWeb('src/main.ts'), "document.title = 'the third';");
  expect((await start()).ok).toBe(true);
  expect(await script()).toContain('the third');
});

it('is served as it is where its sources are not installed', async () => {
  await rm(inWeb('src'), { recursive: true });
  expect(await start()).toEqual({ ok: true, said: '' });
  await rm(inWeb('dist'), { recursive: true });
  expect((await start()).said).toContain('There is no web app');
});
