import { useTranslations } from 'use-intl';
import { useRefusal } from '../messages/refusals.ts';
import { problemFrom } from '../ui/form.ts';
import { useToast } from '../ui/Toaster.tsx';
import type { Attachment, AttachmentsApi } from './api.ts';
import type { ListChanges } from './list-query.ts';

/** Deletes at once and offers Undo; what the server refuses comes back, and is told. */
export function useDeletion(api: AttachmentsApi, changes: ListChanges, onChange: (() => void) | undefined) {
  const t = useTranslations('files');
  const toast = useToast();
  const refusal = useRefusal();

  const tell = (title: string, thrown: unknown) => {
    const words = refusal(problemFrom(thrown));
    toast({ title, description: `${words.title}. ${words.advice}`, failed: true });
  };

  const restore = async (attachment: Attachment) => {
    const name = attachment.file_name;
    try {
      changes.put(await api.restore(attachment.id));
      toast({ title: t('restored', { name }) });
      onChange?.();
    } catch (thrown) {
      tell(t('restoreFailed', { name }), thrown);
    }
  };

  return async (attachment: Attachment): Promise<void> => {
    const name = attachment.file_name;
    changes.drop(attachment.id);
    try {
      await api.remove(attachment.id);
      toast({
        title: t('deleted', { name }),
        action: { label: t('undo'), run: () => void restore(attachment) },
      });
      onChange?.();
    } catch (thrown) {
      changes.put(attachment);
      tell(t('deleteFailed', { name }), thrown);
    }
  };
}
