import { Keyboard, Search } from 'lucide-react';
import type { RefObject } from 'react';
import { useTranslations } from 'use-intl';
import { useMe } from '../app/session.ts';
import { Field } from '../ui/Field.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { Input } from '../ui/Input.tsx';
import { useKeysOn } from '../ui/keys.ts';
import { Select } from '../ui/Select.tsx';
import { useTyped } from '../ui/typed.ts';
import { type ListSearch, listQueryOf, STATUS_FILTERS } from './list-search.ts';

interface ListToolbarProps {
  search: ListSearch;
  onChange(changed: Partial<ListSearch>): void;
  searchBox: RefObject<HTMLInputElement | null>;
  onHelp(): void;
}

/** Search and status of the list. */
export function ListToolbar({ search, onChange, searchBox, onHelp }: ListToolbarProps) {
  const t = useTranslations('tickets');
  const me = useMe();
  const [keysOn] = useKeysOn();
  const [typed, setTyped] = useTyped(search.q, (q) => onChange({ q }));
  const shown = listQueryOf(me, search).status ?? 'any';
  return (
    <search className="mb-4 flex flex-wrap items-center gap-2">
      <Field label={t('search')} hideLabel className="relative min-w-0 flex-1 basis-56 sm:max-w-96">
        {(control) => (
          <>
            <Search
              aria-hidden
              className="pointer-events-none absolute top-1/2 left-3 size-4 -translate-y-1/2 text-faint"
            />
            <Input
              {...control}
              ref={searchBox}
              type="search"
              value={typed}
              placeholder={t('searchHint')}
              onChange={(event) => setTyped(event.currentTarget.value)}
              onKeyDown={(event) => event.key === 'Escape' && event.currentTarget.blur()}
              className="peer pl-9"
            />
            {keysOn && (
              <kbd
                aria-hidden
                className="pointer-events-none absolute top-1/2 right-2.5 -translate-y-1/2 rounded-sm border border-line px-1.5 font-sans text-xs text-faint peer-focus:hidden peer-not-placeholder-shown:hidden max-md:hidden"
              >
                /
              </kbd>
            )}
          </>
        )}
      </Field>
      <Field label={t('columns.status')} hideLabel>
        {(control) => (
          <Select
            {...control}
            value={shown}
            options={STATUS_FILTERS.map((value) => ({ value, label: t(`statusFilter.${value}`) }))}
            onChange={(status) => onChange({ status })}
          />
        )}
      </Field>
      {keysOn && (
        <IconButton label={t('showKeys')} icon={<Keyboard />} onClick={onHelp} className="max-md:hidden" />
      )}
    </search>
  );
}
