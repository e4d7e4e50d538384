import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useRouter, useSearch } from '@tanstack/react-router';
import { useTranslations } from 'use-intl';
import { api, type Me, take } from '../api/client.ts';
import { tellOtherTabs } from '../app/other-tabs.ts';
import { usePageTitle } from '../app/page-title.ts';
import { sessionQuery } from '../app/session.ts';
import { Field } from '../ui/Field.tsx';
import { useForm } from '../ui/form.ts';
import { Input } from '../ui/Input.tsx';
import { EntryForm } from './EntryForm.tsx';
import { PasswordInput } from './PasswordInput.tsx';
import { useWelcome } from './welcome.ts';

/** For whoever has an account; leads back to the page that was asked for. */
export function SignIn() {
  const t = useTranslations('auth');
  usePageTitle(t('signIn.title'));
  const asked = useSearch({ from: '/visitor/sign-in' }).return;
  const enter = useEnter(asked);
  const form = useForm({
    fields: { email: '', password: '' },
    check: ({ email, password }) => ({
      email: !email.includes('@') && t('enterEmail'),
      password: !password && t('enterPassword'),
    }),
    submit: async (body) => enter((await take(api.POST('/api/v1/auth/sign-in/email', { body }))).user),
  });
  return (
    <EntryForm
      title={t('signIn.title')}
      intro={asked && t('signIn.sessionEnded')}
      form={form}
      submit={t('signIn.submit')}
      after={<OtherWays asked={asked} />}
    >
      <Field label={t('signIn.email')} {...form.field('email')}>
        {(control) => <Input {...control} {...form.input('email')} type="email" autoComplete="username" />}
      </Field>
      <Field label={t('signIn.password')} hint={t('signIn.forgot')} {...form.field('password')}>
        {(control) => (
          <PasswordInput {...control} {...form.input('password')} autoComplete="current-password" />
        )}
      </Field>
    </EntryForm>
  );
}

/** For somebody who is signed in now: on to the page they asked for. */
export function useEnter(asked: string | undefined): (me: Me) => Promise<void> {
  const queries = useQueryClient();
  const router = useRouter();
  const navigate = useNavigate();
  return async (me) => {
    // What is still known may be from a session that somebody else has lost here.
    queries.clear();
    queries.setQueryData(sessionQuery.queryKey, me);
    tellOtherTabs(me.id);
    if (asked?.startsWith('/') && !asked.startsWith('//')) router.history.push(asked);
    else await navigate({ to: '/tickets' });
  };
}

function OtherWays({ asked }: { asked: string | undefined }) {
  const t = useTranslations('auth');
  const welcome = useWelcome();
  if (!welcome) return null;
  if (welcome.set_up_needed) return <p className="text-soft">{t('setUp.needed')}</p>;
  return (
    <>
      {welcome.sign_up === 'open' && (
        <p className="text-soft">
          {t('signIn.noAccount')}{' '}
          <Link to="/sign-up" search={{ return: asked }} className="font-medium text-accent underline">
            {t('signIn.toSignUp')}
          </Link>
        </p>
      )}
      {welcome.demo_accounts.length > 0 && (
        <div className="rounded-md bg-sunken p-3 text-sm">
          <p className="text-soft">{t('signIn.demo')}</p>
          <ul className="mt-2 space-y-1">
            {welcome.demo_accounts.map(({ email, role }) => (
              <li key={email} className="flex justify-between gap-2">
                <span className="truncate font-medium">{email}</span>
                <span className="shrink-0 text-faint">{t(`role.${role}`)}</span>
              </li>
            ))}
          </ul>
        </div>
      )}
    </>
  );
}
