import { useTranslations } from 'use-intl';
import { useRefusal } from '../messages/refusals.ts';
import { problemFrom } from '../ui/form.ts';
import { useToast } from '../ui/Toaster.tsx';
import type { Attachment, AttachmentsApi } from './api.ts';
import type { ListChanges } from './list-query.ts';

/** Brings a deleted file back, and tells; what the server refuses is told as well. */
export function useRestore(api: AttachmentsApi, changes: ListChanges, onChange: (() => void) | undefined) {
  const t = useTranslations('files');
  const toast = useToast();
  const refusal = useRefusal();

  return async ({ id, file_name: name }: Attachment): Promise<void> => {
    try {
      changes.putBack(await api.restore(id));
      toast({ title: t('restored', { name }) });
      onChange?.();
    } catch (thrown) {
      const words = refusal(problemFrom(thrown));
      const description = `${words.title}. ${words.advice}`;
      toast({ title: t('restoreFailed', { name }), description, failed: true });
    }
  };
}
