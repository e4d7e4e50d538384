import { useTranslations } from 'use-intl';
import { useToast } from '../ui/Toaster.tsx';
import { useToastedRefusal } from '../ui/toasted-refusal.ts';
import type { Attachment, AttachmentsApi } from './api.ts';

/** Has a file scanned again, and tells; the verdict comes later, if it is another one. */
export function useRescan(api: Pick<AttachmentsApi, 'rescan'>): (file: Attachment) => Promise<void> {
  const t = useTranslations('verdicts');
  const toast = useToast();
  const refused = useToastedRefusal();
  return async ({ id }) => {
    try {
      await api.rescan(id);
      toast({ title: t('rescanned') });
    } catch (thrown) {
      refused(thrown);
    }
  };
}
