import { useTranslations } from 'use-intl';
import { usePageTitle } from '../app/page-title.ts';
import { useMe } from '../app/session.ts';
import { AccountWords } from './AccountWords.tsx';
import { NameForm } from './NameForm.tsx';
import { PasswordForm } from './PasswordForm.tsx';
import { Preferences } from './Preferences.tsx';
import { Sessions } from './Sessions.tsx';
import { Tokens } from './Tokens.tsx';

/** What is one's own: name, password, how Docket looks and speaks, where one is signed in, tokens for programs. */
export function Account() {
  return (
    <AccountWords>
      <AccountScreen />
    </AccountWords>
  );
}

function AccountScreen() {
  const t = useTranslations('account');
  usePageTitle(t('title'));
  const me = useMe();
  return (
    <div className="mx-auto flex max-w-190 flex-col gap-6 px-4 py-5 sm:px-6">
      <div>
        <h1 className="text-xl font-semibold tracking-tight">{t('title')}</h1>
        <p className="mt-1 break-words text-soft">{me.email}</p>
      </div>
      <NameForm me={me} />
      <Preferences />
      <PasswordForm />
      <Sessions />
      <Tokens />
    </div>
  );
}
