import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { classes } from '../ui/classes.ts';
import type { Attachment, AttachmentsApi } from './api.ts';
import { previewKind } from './preview-kind.ts';

interface OpenerProps {
  api: AttachmentsApi;
  attachment: Attachment;
  onOpen(): void;
  className: string;
  /** How it looks; its name for screen readers says what happens. */
  children: ReactNode;
}

/** Opens what can be shown, downloads what cannot, and does nothing with what is held back. */
export function Opener({ api, attachment, onOpen, className, children }: OpenerProps) {
  const t = useTranslations('files');
  const { file_name: name, can } = attachment;
  const look = classes('flex max-w-full min-w-0 rounded-sm text-left', className);
  if (previewKind(attachment)) {
    return (
      <button type="button" data-row-focus aria-label={t('open', { name })} className={look} onClick={onOpen}>
        {children}
      </button>
    );
  }
  if (!can.download) {
    return (
      <span tabIndex={-1} data-row-focus className={look}>
        {children}
      </span>
    );
  }
  return (
    <a
      href={api.downloadUrl(attachment)}
      download={name}
      data-row-focus
      aria-label={t('download', { name })}
      className={look}
    >
      {children}
    </a>
  );
}
