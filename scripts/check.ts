/**
 * Everything `npm run check` looks at, all of it even when one fails, as many beside each other as there are cores.
 * `npm run check -- imports types` looks at those only.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';

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

const waiting = Object.entries(CHECKS).filter(([name]) => chosen.length === 0 || chosen.includes(name));
const failed: string[] = [];
await Promise.all(Array.from({ length: availableParallelism() }, lane));
console.log(failed.length > 0 ? `\nFailed: ${failed.join(', ')}` : '\nAll checks passed.');
process.exitCode = failed.length > 0 ? 1 : 0;

async function lane(): Promise<void> {
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    const [name, command] = next;
    if (!(await passes(name, command))) failed.push(name);
  }
}

/** Tells what it said in one piece, when it is over. */
async function passes(name: string, [program = '', ...args]: string[]): Promise<boolean> {
  const env = { ...process.env, ...(process.stdout.isTTY && { FORCE_COLOR: '1' }) };
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const said: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => said.push(chunk));
  const code = await once(child, 'close').then(
    ([status]) => status,
    (error: Error) => void said.push(Buffer.from(error.message)),
  );
  console.log(`\n── ${name}: ${program} ${args.join(' ')}\n${Buffer.concat(said).toString().trimEnd()}`);
  return code === 0;
}
