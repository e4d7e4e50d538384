import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useDeferredValue, useRef, useState } from 'react';
import { useTranslations } from 'use-intl';
import { api, type Person, take } from '../api/client.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Field } from '../ui/Field.tsx';
import { Input } from '../ui/Input.tsx';

interface PersonPickerProps {
  open: boolean;
  onOpenChange(open: boolean): void;
  /** Who is not offered. */
  without: Person[];
  onPick(person: Person): void;
}

/** Finds somebody by name or address. */
export function PersonPicker({ open, onOpenChange, without, onPick }: PersonPickerProps) {
  const t = useTranslations('tickets');
  const input = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState('');
  const q = useDeferredValue(typed.trim());
  const { data } = useQuery({
    queryKey: ['people', 'search', q],
    queryFn: ({ signal }) =>
      take(
        api.GET('/api/v1/users', {
          params: { query: { ...(q && { q }), enabled: true, limit: 20 } },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
    enabled: open,
  });
  const found = data?.data.filter((person) => !without.some(({ id }) => id === person.id)).slice(0, 8);
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={t('properties.addPerson')} initialFocus={input}>
      <Field label={t('properties.searchPeople')}>
        {(control) => (
          <Input
            {...control}
            ref={input}
            type="search"
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
        )}
      </Field>
      <ul className="mt-3 min-h-40">
        {found?.map((person) => (
          <li key={person.id}>
            <button
              type="button"
              onClick={() => onPick(person)}
              className="flex min-h-11 w-full items-center gap-3 rounded-md px-2 py-1.5 text-left hover:bg-hover"
            >
              <Avatar name={person.name} />
              <span className="min-w-0">
                <span className="block truncate font-medium">{person.name}</span>
                <span className="block truncate text-sm text-soft">{person.email}</span>
              </span>
            </button>
          </li>
        ))}
        {found?.length === 0 && <li className="p-2 text-soft">{t('properties.noSuchPerson')}</li>}
      </ul>
    </Dialog>
  );
}
