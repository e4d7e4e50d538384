/**
 * Everything `npm run check` looks at, one after the other, all of it even when one fails.
 * `npm run check -- imports types` looks at those only.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const FOLDERS = ['server', 'web', 'scripts', 'bench'].filter((folder) => existsSync(folder));

const CHECKS: Record<string, string[]> = {
  lint: ['biome', 'check', '--error-on-warnings', '.'],
  imports: ['depcruise', '--config', '.dependency-cruiser.mjs', ...FOLDERS],
  types: ['tsc', '-p', '.'],
  'types of the web app': ['tsc', '-p', 'web'],
  'types of the end-to-end tests': ['tsc', '-p', 'web/e2e'],
  openapi: ['node', 'scripts/openapi.ts'],
  'api types': ['openapi-typescript', 'docs/openapi.json', '-o', 'web/src/api/openapi.d.ts', '--check'],
  'first load of the web app': ['node', 'scripts/bundle.ts'],
};

const chosen = process.argv.slice(2);
const unknown = chosen.filter((name) => !(name in CHECKS));
if (unknown.length > 0) {
  console.error(`No such check: ${unknown.join(', ')}. There are: ${Object.keys(CHECKS).join(', ')}.`);
  process.exit(2);
}

const failed = Object.entries(CHECKS)
  .filter(([name]) => chosen.length === 0 || chosen.includes(name))
  .filter(([name, command]) => !passes(name, command))
  .map(([name]) => name);
console.log(failed.length > 0 ? `\nFailed: ${failed.join(', ')}` : '\nAll checks passed.');
process.exitCode = failed.length > 0 ? 1 : 0;

function passes(name: string, [program = '', ...args]: string[]): boolean {
  console.log(`\n── ${name}: ${program} ${args.join(' ')}`);
  const { status, error } = spawnSync(program, args, { stdio: 'inherit' });
  if (error) console.error(error.message);
  return status === 0;
}
