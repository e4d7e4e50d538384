import { useQueryClient } from '@tanstack/react-query';
import { Link, useRouter } from '@tanstack/react-router';
import { LogOut, Monitor, Moon, Sun, UserRound } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { api, done, type Me } from '../api/client.ts';
import { forgetTextDrafts } from '../tickets/text-draft.ts';
import { Menu, MenuItem, MenuSeparator } from '../ui/Menu.tsx';
import { type Theme, useTheme } from '../ui/theme.ts';
import { AccountButton } from './AccountButton.tsx';
import { tellOtherTabs } from './other-tabs.ts';

const NEXT: Record<Theme, Theme> = { system: 'light', light: 'dark', dark: 'system' };
const SIGN: Record<Theme, typeof Sun> = { system: Monitor, light: Sun, dark: Moon };

/** The menu behind the person's name: account, theme, the way out. Mounted when it is first asked for. */
export default function OpenAccountMenu({ me, gesture }: { me: Me; gesture: Event }) {
  const t = useTranslations('common');
  const signOut = useSignOut();
  const [theme, setTheme] = useTheme();
  const ThemeSign = SIGN[theme];
  const themeName = { system: t('themeSystem'), light: t('themeLight'), dark: t('themeDark') }[theme];
  return (
    <Menu gesture={gesture} side="top" align="start" trigger={<AccountButton me={me} />}>
      <MenuItem link={<Link to="/account" />}>
        <UserRound aria-hidden />
        {t('account')}
      </MenuItem>
      <MenuItem stays onSelect={() => setTheme(NEXT[theme])}>
        <ThemeSign aria-hidden />
        <span className="flex-1">{t('theme')}</span>
        <span className="text-faint">{themeName}</span>
      </MenuItem>
      <MenuSeparator />
      <MenuItem onSelect={() => void signOut()}>
        <LogOut aria-hidden />
        {t('signOut')}
      </MenuItem>
    </Menu>
  );
}

/** Ends the session and forgets all that was shown and written in it. */
function useSignOut(): () => Promise<void> {
  const queries = useQueryClient();
  const router = useRouter();
  return async () => {
    await done(api.POST('/api/v1/auth/sign-out'));
    (await import('../live/index.ts')).stopLive();
    forgetTextDrafts();
    await (await import('../attachments/index.ts')).forgetAllDrafts();
    tellOtherTabs(null);
    await router.navigate({ to: '/sign-in', search: { return: undefined }, ignoreBlocker: true });
    queries.clear();
  };
}
