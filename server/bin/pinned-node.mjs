import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

/** What runs the sources as they are: TypeScript by type stripping, without a word about it. */
const OLDEST = [24, 12];

/** The path of a Node that runs Docket: this one, or else the pinned one of the packages; undefined without any. */
export function pinnedNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return process.execPath;
  try {
    return createRequire(import.meta.url).resolve(`node-${process.platform}-${process.arch}/bin/node`);
  } catch {
    return undefined;
  }
}

export const NO_NODE = `Docket needs Node ${OLDEST.join('.')} or later; this is ${process.version}, and no Node for ${process.platform}-${process.arch} was installed with it. Install Node 24, or run "npm ci" with optional packages.`;

/**
 * The environment of what runs on it: what was compiled once is not compiled again, a quarter of a start's work. It is
 * kept beside the packages, where only whoever installs them may write; where nobody may, nothing is kept.
 */
export function pinnedEnvironment() {
  const kept = fileURLToPath(new URL('../../node_modules/.cache/docket', import.meta.url));
  // biome-ignore lint/style/noProcessEnv: handed on as it is; what it says is read by config.ts
  return { NODE_COMPILE_CACHE: kept, ...process.env };
}
