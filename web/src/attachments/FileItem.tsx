import { Download, Pencil, ScanSearch, Trash2 } from 'lucide-react';
import { memo, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { useTranslations } from 'use-intl';
import { Button } from '../ui/Button.tsx';
import { classes } from '../ui/classes.ts';
import { IconButton, IconLink } from '../ui/IconButton.tsx';
import type { Attachment, AttachmentsApi } from './api.ts';
import { DescriptionForm } from './Description.tsx';
import { FileDoubts, FileFacts } from './FileFacts.tsx';
import { FileName } from './FileName.tsx';
import { LegalHold, LegalHoldActions } from './LegalHold.tsx';
import { Opener } from './Opener.tsx';
import { Thumbnail } from './Thumbnail.tsx';
import { WhyBlocked } from './WhyBlocked.tsx';

export type FileView = 'list' | 'grid';

/** The same object for as long as the list is there. */
export interface FileActions {
  open(attachment: Attachment): void;
  described(attachment: Attachment): void;
  remove(attachment: Attachment): void;
  release(attachment: Attachment): void;
  rescan(attachment: Attachment): void;
  changed(attachment: Attachment): void;
}

interface FileItemProps {
  api: AttachmentsApi;
  attachment: Attachment;
  view: FileView;
  /** There is a scanner. */
  scanning: boolean;
  actions: FileActions;
}

/** One file of a ticket: as a row, or as a card in a grid. Drawn again only when the file itself has changed. */
export const FileItem = memo(function FileItem({ api, attachment, view, scanning, actions }: FileItemProps) {
  const t = useTranslations('files');
  const [editing, setEditing] = useState(false);
  const verdicts = useTranslations('verdicts');
  const edit = useRef<HTMLButtonElement>(null);
  const { file_name: name, description, can } = attachment;

  /** Focus goes back to the button that the form took the place of. */
  const close = () => {
    flushSync(() => setEditing(false));
    edit.current?.focus();
  };
  const grid = view === 'grid';
  return (
    <li
      data-file={attachment.id}
      className={classes(
        'group relative [content-visibility:auto] data-laid-out:[content-visibility:visible]',
        grid
          ? 'flex flex-col gap-2 rounded-md bg-surface p-2 ring-1 ring-line ring-inset [contain-intrinsic-size:auto_15rem]'
          : 'grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 gap-y-1 py-2.5 [contain-intrinsic-size:auto_6.25rem] @md:[contain-intrinsic-size:auto_4rem] @md:grid-cols-[auto_minmax(0,1fr)_auto]',
      )}
    >
      <Thumbnail api={api} attachment={attachment} className={grid ? 'aspect-4/3 w-full' : 'size-10'} />
      <div className="flex min-w-0 flex-col gap-0.5">
        <Opener
          api={api}
          attachment={attachment}
          onOpen={() => actions.open(attachment)}
          className="font-medium hover:text-accent hover:underline"
        >
          <FileName name={name} />
        </Opener>
        <FileFacts attachment={attachment} />
        {description !== null && !editing && (
          <p className="text-sm break-words whitespace-pre-wrap">{description}</p>
        )}
        <WhyBlocked file={attachment}>
          {can.release && (
            <Button
              aria-label={verdicts('releaseNamed', { name })}
              onClick={() => actions.release(attachment)}
            >
              {verdicts('release')}
            </Button>
          )}
        </WhyBlocked>
        <FileDoubts attachment={attachment} />
        <LegalHold file={attachment} />
        {editing && (
          <DescriptionForm
            api={api}
            attachment={attachment}
            onClose={close}
            onSaved={(changed) => {
              actions.described(changed);
              close();
            }}
          />
        )}
      </div>
      <div className={classes('-ml-2 flex flex-wrap', grid ? 'mt-auto' : '@max-md:col-start-2 @md:ml-0')}>
        {can.download && (
          <IconLink
            plain
            label={t('download', { name })}
            icon={<Download aria-hidden />}
            href={api.downloadUrl(attachment)}
            download={name}
          />
        )}
        {can.edit && !editing && (
          <IconButton
            plain
            ref={edit}
            label={t(description === null ? 'addDescriptionOf' : 'editDescriptionOf', { name })}
            icon={<Pencil />}
            onClick={() => setEditing(true)}
          />
        )}
        {can.rescan && scanning && (
          <IconButton
            plain
            label={verdicts('rescanNamed', { name })}
            icon={<ScanSearch />}
            onClick={() => actions.rescan(attachment)}
          />
        )}
        {can.delete && (
          <IconButton
            plain
            label={t('deleteNamed', { name })}
            icon={<Trash2 />}
            onClick={() => actions.remove(attachment)}
          />
        )}
        <LegalHoldActions api={api} file={attachment} onChanged={actions.changed} />
      </div>
    </li>
  );
});
