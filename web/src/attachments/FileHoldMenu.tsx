import { PencilLine, Scale } from 'lucide-react';
import type { ReactElement } from 'react';
import { useTranslations } from 'use-intl';
import type { Act } from '../legal-hold/HoldDialog.tsx';
import { Menu, MenuItem } from '../ui/Menu.tsx';

interface FileHoldMenuProps {
  button: ReactElement<Record<string, unknown>>;
  gesture: Event;
  held: boolean;
  ask(act: Act): void;
}

/** Mounted when it is first asked for. */
export default function FileHoldMenu({ button, gesture, held, ask }: FileHoldMenuProps) {
  const t = useTranslations('holds');
  return (
    <Menu gesture={gesture} trigger={button}>
      {held ? (
        <>
          <MenuItem onSelect={() => ask('change')}>
            <PencilLine aria-hidden />
            {t('change')}
          </MenuItem>
          <MenuItem onSelect={() => ask('lift')}>
            <Scale aria-hidden />
            {t('lift')}
          </MenuItem>
        </>
      ) : (
        <MenuItem onSelect={() => ask('put')}>
          <Scale aria-hidden />
          {t('put')}
        </MenuItem>
      )}
    </Menu>
  );
}
