import { execFileSync } from 'node:child_process';
import { mkdtemp, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A disk of its own that is soon full. `options` as mount(8) takes them for tmpfs: `size=1m`, `nr_inodes=10`. */
export async function mountSmallDisk(options: string): Promise<{ folder: string; unmount(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'docket-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder], { stdio: 'pipe' });
  return {
    folder,
    async unmount() {
      execFileSync('umount', ['--lazy', folder], { stdio: 'pipe' });
      await rmdir(folder);
    },
  };
}

/** Mounting takes more than most people, and most containers, may do. */
export const mayMount = await mountSmallDisk('size=64k').then(
  async (disk) => {
    await disk.unmount();
    return true;
  },
  () => false,
);
