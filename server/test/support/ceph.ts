import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePort } from './free-port.ts';

const SCRIPT = fileURLToPath(new URL('./ceph-rgw.sh', import.meta.url));
const isThere = existsSync('/usr/bin/radosgw');
if (!isThere) {
  console.warn('NOT TESTED: a real S3. This needs Ceph (ceph-mon ceph-osd radosgw ceph-common on Debian).');
}

/** For what needs the real one: in CI it must be there. */
export const withCeph = isThere || Boolean(process.env.CI);

export interface Ceph {
  endpoint: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
  stop(): Promise<void>;
}

/** Ceph's S3 on loopback, all of it in memory. */
export async function startCeph(): Promise<Ceph> {
  const folder = await mkdtemp(join(tmpdir(), 'docket-ceph-'));
  const [port, monitor] = [await freePort(), await freePort()];
  const run = (act: 'start' | 'stop') =>
    promisify(execFile)('bash', [SCRIPT, act, folder], {
      env: { ...process.env, PORT: String(port), MON: String(monitor) },
    });
  await run('start');
  return {
    endpoint: `http://127.0.0.1:${port}`,
    credentials: { accessKeyId: 'labkey', secretAccessKey: 'labsecret' },
    async stop() {
      await run('stop');
      await rm(folder, { recursive: true, force: true });
    },
  };
}
