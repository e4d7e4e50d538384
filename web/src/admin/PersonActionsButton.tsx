import { Ellipsis } from 'lucide-react';
import type { ComponentProps } from 'react';
import { useTranslations } from 'use-intl';
import type { User } from '../api/client.ts';
import { IconButton } from '../ui/IconButton.tsx';

/** Three dots; opens what may be done about somebody. */
export function PersonActionsButton({ person, ...rest }: ComponentProps<'button'> & { person: User }) {
  const t = useTranslations('admin');
  return <IconButton label={t('actionsFor', { name: person.name })} icon={<Ellipsis />} {...rest} />;
}
