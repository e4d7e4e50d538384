import { useTranslations } from 'use-intl';
import { useRefusal } from '../messages/refusals.ts';
import { problemFrom } from '../ui/form.ts';
import { useToast } from '../ui/Toaster.tsx';
import type { Attachment, AttachmentsApi } from './api.ts';
import type { ListChanges } from './list-query.ts';
import { useRestore } from './use-restore.ts';

/** Deletes at once and offers Undo; what the server refuses comes back, and is told. */
export function useDeletion(api: AttachmentsApi, changes: ListChanges, onChange: (() => void) | undefined) {
  const t = useTranslations('files');
  const toast = useToast();
  const refusal = useRefusal();
  const restore = useRestore(api, changes, onChange);

  return async (attachment: Attachment): Promise<void> => {
    const name = attachment.file_name;
    changes.drop(attachment.id);
    try {
      await api.remove(attachment.id);
      changes.dropped();
      toast({
        title: t('deleted', { name }),
        action: { label: t('undo'), run: () => void restore(attachment) },
      });
      onChange?.();
    } catch (thrown) {
      const problem = problemFrom(thrown);
      // Nobody knows whether a deletion without an answer happened, and what is gone is not put back.
      if (problem.status === 0 || [404, 410].includes(problem.status)) changes.lookAgain();
      else changes.putBack(attachment);
      const words = refusal(problem);
      const description = `${words.title}. ${words.advice}`;
      toast({ title: t('deleteFailed', { name }), description, failed: true });
    }
  };
}
