import { useEffect, useState } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import type { Dropped } from './drop.ts';
import type { UploadsHandle } from './use-uploads.ts';

/** What is told about a whole choice of files, until it is dismissed: folders taken apart, no room to keep a draft. */
export function useNotice({ on }: UploadsHandle) {
  const t = useTranslations('files');
  const format = useFormatter();
  const [text, setText] = useState<string | null>(null);

  useEffect(
    () =>
      on((event) => {
        if (event.type === 'not_kept') setText(t('notKept', { name: event.file.file.name }));
      }),
    [on, t],
  );

  const ofFolders = ({ files, folders: names, more }: Dropped): string | null => {
    if (names.length === 0) return null;
    const folders = format.list(names.map((name) => `“${name}”`));
    if (files.length === 0) return t('foldersEmpty', { folders });
    return t(more ? 'foldersCut' : 'folders', { files: files.length, folders });
  };
  return {
    text,
    dismiss: () => setText(null),
    unreadable: () => setText(t('dropUnread')),
    dropped: (dropped: Dropped) => setText(ofFolders(dropped)),
  };
}
