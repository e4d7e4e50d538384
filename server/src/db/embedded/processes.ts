import { readdir, readFile, stat } from 'node:fs/promises';

/** A PostgreSQL process that works on a data folder. */
export interface PostgresProcess {
  pid: number;
  parent: number;
}

/**
 * The PostgreSQL processes that work on this data folder now, as the kernel knows them (each of them stands
 * in it): no pid that somebody wrote down is believed. Needs /proc; elsewhere none are seen.
 */
export async function processesOn(data: string): Promise<PostgresProcess[]> {
  const folder = await stat(data);
  const pids = (await readdir('/proc').catch(() => [])).map(Number).filter(Number.isInteger);
  const found = await Promise.all(pids.map((pid) => postgresOn(pid, folder)));
  return found.filter((one) => one !== undefined);
}

async function postgresOn(
  pid: number,
  folder: { dev: number; ino: number },
): Promise<PostgresProcess | undefined> {
  try {
    const { name, state, parent } = parseStat(await readFile(`/proc/${pid}/stat`, 'utf8'));
    if (name !== 'postgres' || state === 'Z') return undefined;
    const cwd = await stat(`/proc/${pid}/cwd`);
    return cwd.dev === folder.dev && cwd.ino === folder.ino ? { pid, parent } : undefined;
  } catch {
    return undefined; // it ended while we looked, or it is not ours to look into
  }
}

/** The fields of proc_pid_stat(5) that we need; the name in brackets may hold anything. */
function parseStat(line: string): { name: string; state: string; parent: number } {
  const end = line.lastIndexOf(')');
  const [state = '', parent] = line.slice(end + 2).split(' ');
  return { name: line.slice(line.indexOf('(') + 1, end), state, parent: Number(parent) };
}
