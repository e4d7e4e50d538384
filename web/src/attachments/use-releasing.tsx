import { useQueryClient } from '@tanstack/react-query';
import { lazy, type ReactNode, useState } from 'react';
import { useTranslations } from 'use-intl';
import { BLOCKED } from '../api/blocked.ts';
import { OnceOpen } from '../ui/OnceOpen.tsx';
import { useToast } from '../ui/Toaster.tsx';
import type { Attachment, AttachmentsApi } from './api.ts';

const ReleaseDialog = lazy(() => import('./ReleaseDialog.tsx'));

interface Asked {
  file: Attachment;
  /** What was pressed, and the row it stands in. */
  button: HTMLElement | null;
  row: HTMLElement | null;
}

/**
 * Releases the files of a list: `ask` opens `dialog`, of which a list has one. Focus goes back to the button, or when
 * that has gone with its purpose, to what else takes focus in its row, or to `fallback`.
 */
export function useReleasing(
  api: Pick<AttachmentsApi, 'release'>,
  onReleased: (file: Attachment) => void,
  fallback?: () => HTMLElement | null,
): { ask(file: Attachment): void; dialog: ReactNode } {
  const t = useTranslations('verdicts');
  const toast = useToast();
  const queries = useQueryClient();
  const [asked, setAsked] = useState<Asked>();
  const [open, setOpen] = useState(false);

  const released = (file: Attachment) => {
    setOpen(false);
    onReleased(file);
    void queries.invalidateQueries({ queryKey: [BLOCKED] });
    toast({ title: t('releasedNow', { name: file.file_name }) });
  };
  const focusAfter = () => {
    const { button, row } = asked ?? {};
    if (button?.isConnected) return button;
    const inRow = row?.isConnected && row.querySelector<HTMLElement>('[data-row-focus]');
    return inRow || (fallback?.() ?? null);
  };
  return {
    ask(file) {
      const button = document.activeElement instanceof HTMLElement ? document.activeElement : null;
      setAsked({ file, button, row: button?.closest<HTMLElement>('[data-file]') ?? null });
      setOpen(true);
    },
    dialog: (
      <OnceOpen open={open}>
        {asked && (
          <ReleaseDialog
            api={api}
            file={asked.file}
            open={open}
            onOpenChange={setOpen}
            onReleased={released}
            focusAfter={focusAfter}
          />
        )}
      </OnceOpen>
    ),
  };
}
