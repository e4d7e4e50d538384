import { ChevronsUpDown } from 'lucide-react';
import type { ComponentProps } from 'react';
import { useTranslations } from 'use-intl';
import type { Me } from '../api/client.ts';
import { Avatar } from '../ui/Avatar.tsx';

/** Who one is here; opens what is one's own. */
export function AccountButton({ me, ...rest }: ComponentProps<'button'> & { me: Me }) {
  const t = useTranslations('common');
  return (
    <button
      type="button"
      className="flex w-full min-w-0 items-center gap-2.5 rounded-md p-2 text-left hover:bg-hover"
      {...rest}
    >
      <Avatar name={me.name} />
      <span className="sr-only">{t('accountMenu')}</span>
      <span className="min-w-0 flex-1">
        <span className="block truncate font-medium">{me.name}</span>
        <span className="block truncate text-xs text-faint">{me.email}</span>
      </span>
      <ChevronsUpDown aria-hidden className="size-4 shrink-0 text-faint" />
    </button>
  );
}
