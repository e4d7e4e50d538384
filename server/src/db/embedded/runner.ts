import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { promisify } from 'node:util';

/** As whom PostgreSQL's programs run: through the words put before a command, or under other ids. */
export interface Runner {
  prefix: string[];
  ids?: Account;
}

export interface Account {
  uid: number;
  gid: number;
}

export interface Circumstances {
  /** Who we are. */
  uid: number;
  /** Whose the PostgreSQL folder is, when there is one. */
  owner: number | undefined;
  /** An account without rights that a root may turn into. */
  account: Account | undefined;
  /** May we appear as another user in a user namespace of our own? */
  canUnshare: boolean;
}

/** PostgreSQL's programs find everything they need here, and none of Docket's secrets. */
export const ENVIRONMENT = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C',
};

/**
 * Decides as whom PostgreSQL runs, since it refuses to run as root: as ourselves; as root, under another
 * number in a user namespace, which still opens what only root can; else as an account without rights.
 * Throws, with what to do, when the folder is somebody else's or there is no way.
 */
export function decideRunner({ uid, owner, account, canUnshare }: Circumstances): Runner {
  const dropped = uid === 0 && account !== undefined && owner === account.uid;
  if (owner !== undefined && owner !== uid && !dropped) {
    throw new Error(
      `The PostgreSQL folder belongs to user ${owner} and Docket runs as user ${uid}. Run Docket as user ${owner}, or set DOCKET_DATA_DIR to another folder.`,
    );
  }
  if (uid !== 0) return { prefix: [] };
  if (canUnshare && !dropped) {
    const { uid: user, gid: group } = account ?? { uid: 1000, gid: 1000 };
    return { prefix: ['unshare', '--user', `--map-user=${user}`, `--map-group=${group}`, '--'] };
  }
  if (account) return { prefix: [], ids: account };
  throw new Error(
    'PostgreSQL does not run as root, and neither a user namespace (unshare) nor a user "postgres" or "nobody" is at hand. Run Docket as another user, or set DATABASE_URL to a PostgreSQL server.',
  );
}

/** The runner for this process and this PostgreSQL folder (which need not exist yet). */
export async function findRunner(folder: string): Promise<Runner> {
  const uid = process.getuid?.();
  if (uid === undefined) {
    throw new Error(
      'The embedded PostgreSQL does not run on this system. Set DATABASE_URL to a PostgreSQL server, or run Docket in a container.',
    );
  }
  const owner = await ownerOf(folder);
  if (uid !== 0) return decideRunner({ uid, owner, account: undefined, canUnshare: false });
  return decideRunner({ uid, owner, account: await findAccount(owner), canUnshare: await canUnshare() });
}

/** Gives a folder, with all in it, to whoever PostgreSQL runs as. Throws when they cannot get there. */
export async function handOver(runner: Runner, folder: string): Promise<void> {
  if (runner.ids && (await stat(folder)).uid !== runner.ids.uid) {
    await runToEnd({ prefix: [] }, 'chown', ['-Rh', `${runner.ids.uid}:${runner.ids.gid}`, folder]);
  }
  try {
    await runToEnd(runner, 'sh', ['-c', 'test -x "$0"', folder]);
  } catch (error) {
    throw new Error(
      `PostgreSQL does not run as root, and without root's rights it cannot enter ${folder}. Run Docket as another user, set DOCKET_DATA_DIR to a folder that others may pass through, or set DATABASE_URL to a PostgreSQL server.`,
      { cause: error },
    );
  }
}

/** A command line as the runner, for `spawn` and `execFile`. */
export function commandAs(runner: Runner, program: string, args: string[]) {
  const [command = program, ...rest] = [...runner.prefix, program, ...args];
  return { command, args: rest, options: { env: ENVIRONMENT, ...runner.ids } };
}

/** Runs a short command as the runner to its end; resolves with what it printed, rejects with its complaint. */
export async function runToEnd(runner: Runner, program: string, args: string[], cwd = '/'): Promise<string> {
  const line = commandAs(runner, program, args);
  const { stdout } = await promisify(execFile)(line.command, line.args, { ...line.options, cwd });
  return stdout;
}

async function ownerOf(folder: string): Promise<number | undefined> {
  try {
    return (await stat(folder)).uid;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new Error(
      `${folder} is not open to user ${process.getuid?.()}: run Docket as its owner. (${error})`,
      {
        cause: error,
      },
    );
  }
}

/** The account without rights that owns the folder already, or else the first there is. */
async function findAccount(owner: number | undefined): Promise<Account | undefined> {
  const accounts = parseAccounts(await readFile('/etc/passwd', 'utf8').catch(() => ''));
  return accounts.find(({ uid }) => uid === owner) ?? accounts[0];
}

/** PostgreSQL's own account and everybody's `nobody`, from a passwd(5) file. */
export function parseAccounts(passwd: string): Account[] {
  return passwd
    .split('\n')
    .map((line) => line.split(':'))
    .filter(
      ([name, , uid, gid]) =>
        ['postgres', 'nobody'].includes(name ?? '') && Number(uid) > 0 && Number(gid) > 0,
    )
    .map(([, , uid, gid]) => ({ uid: Number(uid), gid: Number(gid) }));
}

async function canUnshare(): Promise<boolean> {
  try {
    const runner = decideRunner({ uid: 0, owner: undefined, account: undefined, canUnshare: true });
    await runToEnd(runner, 'true', []);
    return true;
  } catch {
    return false;
  }
}
