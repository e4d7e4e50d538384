// Runs a program of the packages, or node itself, on the pinned Node: npm of Node 20 and 22 leaves no link to that
// in node_modules/.bin, and the machine's own is too old. Usage: node scripts/run.mjs vitest run
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { delimiter, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NO_NODE, pinnedEnvironment, pinnedNode } from '../server/bin/pinned-node.mjs';

const node = pinnedNode();
if (node === undefined) {
  console.error(NO_NODE);
  process.exit(1);
}
const [program, ...args] = process.argv.slice(2);
const programs = fileURLToPath(new URL('../node_modules/.bin', import.meta.url));
const path = [dirname(node), programs, process.env.PATH].join(delimiter);
const child = spawn(program, args, { stdio: 'inherit', env: { ...pinnedEnvironment(), PATH: path } });
process.on('SIGINT', () => {}); // a terminal sends it to the child as well: it ends, and then we do
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('error', (error) => {
  console.error(error.message);
  process.exit(1);
});
child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
