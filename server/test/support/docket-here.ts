import { vi } from 'vitest';
import { docket } from '../../src/cli/docket.ts';
import type { Ended, Environment } from './docket.ts';

/**
 * Runs a command in this process, from the data folder: quicker than a process of its own, and seen by the
 * measure of coverage. One at a time.
 */
export async function docketHere(args: string[], env: Environment): Promise<Ended> {
  const said = { stdout: '', stderr: '' };
  const before = process.cwd();
  process.chdir(env.DOCKET_DATA_DIR ?? '/');
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  const out = (text: unknown) => {
    said.stdout += text;
    return true;
  };
  const err = (text: unknown) => {
    said.stderr += text;
    return true;
  };
  const spies = [
    vi.spyOn(console, 'log').mockImplementation((line) => void out(`${line}\n`)),
    vi.spyOn(console, 'error').mockImplementation((line) => void err(`${line}\n`)),
    vi.spyOn(process.stdout, 'write').mockImplementation(out),
    vi.spyOn(process.stderr, 'write').mockImplementation(err),
  ];
  try {
    const code = await docket(args);
    return { code, ...said };
  } finally {
    for (const spy of spies) spy.mockRestore();
    vi.unstubAllEnvs();
    process.chdir(before);
  }
}
