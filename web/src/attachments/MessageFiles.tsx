import { useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { useTranslations } from 'use-intl';
import { Button } from '../ui/Button.tsx';
import type { Attachment, AttachmentsApi } from './api.ts';
import { FileDoubts, MessageFileFacts } from './FileFacts.tsx';
import { FileName } from './FileName.tsx';
import { Lightbox } from './Lightbox.tsx';
import { Opener } from './Opener.tsx';
import { previewKind } from './preview-kind.ts';
import { Thumbnail } from './Thumbnail.tsx';
import { WhyBlocked } from './WhyBlocked.tsx';

/** A conversation stays one: the rest of many files is shown when somebody asks for it. */
const AT_FIRST = 12;

/** The files of one message beneath it, to open or download; the list of the ticket's files does the rest. */
export function MessageFiles({ api, files }: { api: AttachmentsApi; files: readonly Attachment[] }) {
  const t = useTranslations('files');
  const [shown, setShown] = useState<string | null>(null);
  const [all, setAll] = useState(false);
  const rows = useRef<HTMLUListElement>(null);
  if (files.length === 0) return null;

  /** Focus goes to the first of the rest, since the button goes. */
  const showAll = () => {
    flushSync(() => setAll(true));
    rows.current?.children[AT_FIRST]?.querySelector<HTMLElement>('[data-row-focus]')?.focus();
  };
  return (
    <>
      <ul ref={rows} aria-label={t('ofMessage')} className="flex flex-wrap gap-2">
        {(all ? files : files.slice(0, AT_FIRST)).map((attachment) => (
          <li
            key={attachment.id}
            className="relative flex max-w-full items-center gap-2.5 rounded-md bg-surface py-1.5 pr-3 pl-1.5 ring-1 ring-line ring-inset hover:bg-hover"
          >
            <Thumbnail api={api} attachment={attachment} className="size-9" />
            <div className="flex min-w-0 flex-col">
              <Opener
                api={api}
                attachment={attachment}
                onOpen={() => setShown(attachment.id)}
                // The whole card is where it can be pressed.
                className="font-medium after:absolute after:inset-0"
              >
                <FileName name={attachment.file_name} />
              </Opener>
              <MessageFileFacts attachment={attachment} />
              <WhyBlocked file={attachment} brief />
              <FileDoubts attachment={attachment} />
            </div>
          </li>
        ))}
      </ul>
      {!all && files.length > AT_FIRST && (
        <Button look="quiet" className="mt-2" onClick={showAll}>
          {t('restOfMessage', { count: files.length - AT_FIRST })}
        </Button>
      )}
      <Lightbox api={api} files={files.filter(previewKind)} shown={shown} onShow={setShown} />
    </>
  );
}
