import { useQueryClient } from '@tanstack/react-query';
import { Link, useRouter } from '@tanstack/react-router';
import { ChevronsUpDown, LogOut, Monitor, Moon, Sun, UserRound } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { api, done, type Me } from '../api/client.ts';
import { forgetTextDrafts } from '../tickets/text-draft.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { Menu, MenuItem, MenuSeparator } from '../ui/Menu.tsx';
import { type Theme, useTheme } from '../ui/theme.ts';

const NEXT: Record<Theme, Theme> = { system: 'light', light: 'dark', dark: 'system' };
const SIGN: Record<Theme, typeof Sun> = { system: Monitor, light: Sun, dark: Moon };

/** The person, and what is theirs: account, theme, the way out. */
export function AccountMenu({ me }: { me: Me }) {
  const t = useTranslations('common');
  const signOut = useSignOut();
  const [theme, setTheme] = useTheme();
  const ThemeSign = SIGN[theme];
  const themeName = { system: t('themeSystem'), light: t('themeLight'), dark: t('themeDark') }[theme];
  return (
    <Menu
      side="top"
      align="start"
      trigger={
        <button
          type="button"
          aria-label={t('accountMenu', { name: me.name })}
          className="flex w-full min-w-0 items-center gap-2.5 rounded-md p-2 text-left hover:bg-hover"
        >
          <Avatar name={me.name} />
          <span className="min-w-0 flex-1">
            <span className="block truncate font-medium">{me.name}</span>
            <span className="block truncate text-xs text-faint">{me.email}</span>
          </span>
          <ChevronsUpDown aria-hidden className="size-4 shrink-0 text-faint" />
        </button>
      }
    >
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
    forgetTextDrafts();
    await (await import('../attachments/index.ts')).forgetAllDrafts();
    await router.navigate({ to: '/sign-in', search: { return: undefined } });
    queries.clear();
  };
}
