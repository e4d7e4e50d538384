#!/usr/bin/env node
// Runs Docket on the Node it is pinned to, whatever `node` the machine has: the sources are TypeScript as they are.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const main = new URL('../src/cli/main.ts', import.meta.url);
const [major, minor] = process.versions.node.split('.').map(Number);

if (major > 24 || (major === 24 && minor >= 12)) {
  await import(main.href);
} else {
  const node = pinnedNode();
  if (!node) {
    console.error(
      `Docket needs Node 24.12 or later; this is ${process.version}, and no Node for ${process.platform}-${process.arch} was installed with it. Install Node 24, or run "npm ci" with optional packages.`,
    );
    process.exit(1);
  }
  // By the channel a server sees when this process ends, however it ends.
  const child = spawn(node, [fileURLToPath(main), ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(`Docket could not start ${node}: ${error.message}`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => {
    if (signal === 'SIGKILL') console.error('Docket was killed.');
    process.exit(code ?? 128 + constants.signals[signal]);
  });
}

function pinnedNode() {
  try {
    return require.resolve(`node-${process.platform}-${process.arch}/bin/node`);
  } catch {
    return undefined;
  }
}
