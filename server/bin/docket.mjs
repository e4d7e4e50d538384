#!/usr/bin/env node
// Runs Docket on the Node it is pinned to, whatever `node` the machine has: the sources are TypeScript as they are.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';

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
  const child = spawn(node, [main.pathname, ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(`Docket could not start ${node}: ${error.message}`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 1;
    if (signal === 'SIGKILL') console.error('Docket was killed.');
  });
}

function pinnedNode() {
  try {
    return require.resolve(`node-${process.platform}-${process.arch}/bin/node`);
  } catch {
    return undefined;
  }
}
