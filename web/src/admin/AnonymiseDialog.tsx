import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { useTranslations } from 'use-intl';
import { api, take, type User } from '../api/client.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { useToast } from '../ui/Toaster.tsx';
import { useToastedRefusal } from '../ui/toasted-refusal.ts';
import { PEOPLE } from './queries.ts';

interface AnonymiseDialogProps {
  person: User;
  open: boolean;
  onOpenChange(open: boolean): void;
}

/** Asks before what nobody can take back. */
export function AnonymiseDialog({ person, open, onOpenChange }: AnonymiseDialogProps) {
  const t = useTranslations('admin');
  const common = useTranslations('common');
  const queries = useQueryClient();
  const toast = useToast();
  const onError = useToastedRefusal();
  const cancel = useRef<HTMLButtonElement>(null);
  const { mutate, isPending } = useMutation({
    mutationFn: () =>
      take(api.POST('/api/v1/users/{user_id}/anonymise', { params: { path: { user_id: person.id } } })),
    onSuccess: () => {
      onOpenChange(false);
      void queries.invalidateQueries({ queryKey: [PEOPLE] });
      toast({ title: t('anonymisedNow', { name: person.name }) });
    },
    onError,
  });
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={t('anonymiseTitle', { name: person.name })}
      description={t('anonymiseAdvice')}
      initialFocus={cancel}
    >
      <div className="flex justify-end gap-2">
        <Button ref={cancel} onClick={() => onOpenChange(false)}>
          {common('cancel')}
        </Button>
        <Button look="danger" aria-busy={isPending} onClick={() => mutate()}>
          {t('anonymise')}
        </Button>
      </div>
    </Dialog>
  );
}
