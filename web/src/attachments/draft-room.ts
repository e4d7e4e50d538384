import { run } from './draft-database.ts';

/** Bytes of chosen files that are kept on a device, at most: a help desk is a guest there. */
const MOST = 200 * 1024 * 1024;

/** Whether the bytes of one more file can be kept here. */
export async function hasRoom(size: number): Promise<boolean> {
  const all: { file: File }[] = await run('readonly', ({ bytes }) => bytes.getAll());
  const kept = all.reduce((sum, { file }) => sum + file.size, 0);
  if (kept + size > MOST) return false;
  // Over plain HTTP browsers do not tell.
  if (!('storage' in navigator)) return true;
  const { quota, usage } = await navigator.storage.estimate();
  // Half of what is free: browsers keep less than they promise.
  return quota === undefined || usage === undefined || size < (quota - usage) / 2;
}
