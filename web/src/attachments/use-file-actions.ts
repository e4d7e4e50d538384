import { useRef, useState } from 'react';
import type { FileActions } from './FileItem.tsx';

/** `actions` as they are at the moment, behind an object that never changes: rows need not be drawn for its sake. */
export function useFileActions(actions: FileActions): FileActions {
  const latest = useRef(actions);
  latest.current = actions;
  const [lasting] = useState<FileActions>(() => ({
    open: (attachment) => latest.current.open(attachment),
    described: (attachment) => latest.current.described(attachment),
    remove: (attachment) => latest.current.remove(attachment),
    release: (attachment) => latest.current.release(attachment),
    rescan: (attachment) => latest.current.rescan(attachment),
    changed: (attachment) => latest.current.changed(attachment),
  }));
  return lasting;
}
