import type { Db } from '../../db/open.ts';
import { folderOfFiles } from '../store/base-path.ts';
import { chosenFolders, newestRow } from './kept.ts';
import { type Frame, inForce } from './settings.ts';

/** The folder that the files on the disk are in, of those that were ever chosen. */
export async function basePathInUse(db: Db, frame: Frame): Promise<string> {
  const { configured, forcedBy } = frame;
  if (forcedBy.basePath) return configured.basePath;
  const { basePath } = inForce(await newestRow(db), frame);
  const chosen = (await chosenFolders(db)).map((folder) => folder ?? configured.basePath);
  return folderOfFiles(db, [...new Set([basePath, ...chosen, configured.basePath])]);
}
