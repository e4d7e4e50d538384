import { KeyRound, UserRoundCheck, UserRoundX, VenetianMask } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { Menu, MenuItem, MenuSeparator } from '../ui/Menu.tsx';
import type { PersonActionsProps } from './PersonActions.tsx';
import { PersonActionsButton } from './PersonActionsButton.tsx';

/** The menu of a person's actions. Mounted when it is first asked for. */
export default function OpenPersonActions({
  person,
  onEnable,
  onDisable,
  onAnonymise,
  onMakeLink,
  gesture,
}: PersonActionsProps & { gesture: Event }) {
  const t = useTranslations('admin');
  return (
    <Menu gesture={gesture} trigger={<PersonActionsButton person={person} />}>
      {person.disabled_at ? (
        <>
          <MenuItem onSelect={onEnable}>
            <UserRoundCheck aria-hidden />
            {t('enable')}
          </MenuItem>
          <MenuSeparator />
          <MenuItem danger onSelect={onAnonymise}>
            <VenetianMask aria-hidden />
            {t('anonymise')}
          </MenuItem>
        </>
      ) : (
        <>
          <MenuItem onSelect={onMakeLink}>
            <KeyRound aria-hidden />
            {t('makeLink')}
          </MenuItem>
          <MenuItem danger onSelect={onDisable}>
            <UserRoundX aria-hidden />
            {t('disable')}
          </MenuItem>
        </>
      )}
    </Menu>
  );
}
