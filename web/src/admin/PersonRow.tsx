import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { api, type Role, take, type User } from '../api/client.ts';
import { useMe } from '../app/session.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { Badge } from '../ui/Badge.tsx';
import { Field } from '../ui/Field.tsx';
import { Select } from '../ui/Select.tsx';
import { useToast } from '../ui/Toaster.tsx';
import { useToastedRefusal } from '../ui/toasted-refusal.ts';
import { AnonymiseDialog } from './AnonymiseDialog.tsx';
import type { MadeLink } from './LinkDialog.tsx';
import { PersonActions } from './PersonActions.tsx';
import { PEOPLE } from './queries.ts';

export const ROLES = ['customer', 'agent', 'admin'] as const;

/** Somebody, and what may be done about them. */
export function PersonRow({ person, onLink }: { person: User; onLink(link: MadeLink): void }) {
  const t = useTranslations('admin');
  const auth = useTranslations('auth');
  const me = useMe();
  const { change, makeLink } = usePersonChanges(person, onLink);
  const [anonymising, setAnonymising] = useState(false);
  const { id, name, email, role, disabled_at, anonymised_at } = person;
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
      <span className="flex min-w-0 flex-1 basis-60 items-center gap-3">
        <Avatar name={name} />
        <span className="min-w-0">
          <span className="flex flex-wrap items-center gap-x-2 gap-y-1 font-medium">
            <span className="min-w-0 break-words">{name}</span>
            {id === me.id && <Badge tone="solved">{t('you')}</Badge>}
            {disabled_at && <Badge tone="closed">{anonymised_at ? t('anonymised') : t('disabled')}</Badge>}
          </span>
          <span className="block truncate text-sm text-soft">{email}</span>
        </span>
      </span>
      {!anonymised_at && (
        <>
          <Field label={t('roleOf', { name })} hideLabel>
            {(control) => (
              <Select
                {...control}
                value={role}
                options={ROLES.map((value) => ({ value, label: auth(`role.${value}`) }))}
                onChange={(chosen) =>
                  change({ role: chosen }, t('roleChanged', { name, role: auth(`role.${chosen}`) }))
                }
              />
            )}
          </Field>
          <PersonActions
            person={person}
            onEnable={() => change({ disabled: false }, t('enabledAgain', { name }))}
            onDisable={() => change({ disabled: true }, t('disabledNow', { name }))}
            onAnonymise={() => setAnonymising(true)}
            onMakeLink={makeLink}
          />
        </>
      )}
      <AnonymiseDialog person={person} open={anonymising} onOpenChange={setAnonymising} />
    </li>
  );
}

interface Changes {
  role?: Role;
  disabled?: boolean;
}

function usePersonChanges({ id: user_id, name }: User, onLink: (link: MadeLink) => void) {
  const t = useTranslations('admin');
  const queries = useQueryClient();
  const toast = useToast();
  const onError = useToastedRefusal();
  const params = { path: { user_id } };
  const { mutate } = useMutation({
    mutationFn: ({ changes }: { changes: Changes; said: string }) =>
      take(api.PATCH('/api/v1/users/{user_id}', { params, body: changes })),
    onSuccess: (_person, { said, changes }) => {
      void queries.invalidateQueries({ queryKey: [PEOPLE] });
      const undo = {
        label: t('undo'),
        run: () => mutate({ changes: { disabled: false }, said: t('enabledAgain', { name }) }),
      };
      toast({ title: said, ...(changes.disabled && { action: undo }) });
    },
    onError,
  });
  const link = useMutation({
    mutationFn: () => take(api.POST('/api/v1/users/{user_id}/reset-link', { params })),
    onSuccess: ({ url, expires_at }) => onLink({ name, url, expiresAt: expires_at }),
    onError,
  });
  return {
    change: (changes: Changes, said: string) => mutate({ changes, said }),
    makeLink: () => link.mutate(),
  };
}
