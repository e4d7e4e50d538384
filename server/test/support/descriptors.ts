import { readdir, readlink } from 'node:fs/promises';

/** The files below `folder` that this process holds open, a path for each descriptor. */
export async function openBelow(folder: string): Promise<string[]> {
  const descriptors = await readdir('/proc/self/fd');
  const paths = await Promise.all(
    // Gone by now: it was not open for long.
    descriptors.map((one) => readlink(`/proc/self/fd/${one}`).catch(() => '')),
  );
  return paths.filter((path) => path.startsWith(`${folder}/`));
}
