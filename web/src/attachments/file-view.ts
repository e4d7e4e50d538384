import type { FileView } from './FileItem.tsx';

const KEPT = 'docket.file-view';

/** As it was chosen on this browser the last time. */
export function keptFileView(): FileView {
  return localStorage.getItem(KEPT) === 'grid' ? 'grid' : 'list';
}

export function keepFileView(view: FileView): void {
  localStorage.setItem(KEPT, view);
}
