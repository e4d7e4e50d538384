import { Link, useSearch } from '@tanstack/react-router';
import { useTranslations } from 'use-intl';
import { api, take } from '../api/client.ts';
import { usePageTitle } from '../app/page-title.ts';
import { useForm } from '../ui/form.ts';
import { EntryForm } from './EntryForm.tsx';
import { NewAccountFields, useNewAccountCheck } from './NewAccountFields.tsx';
import { useEnter } from './SignIn.tsx';
import { useWelcome } from './welcome.ts';

/** A customer makes an account of their own and is signed in with it. */
export function SignUp() {
  const t = useTranslations('auth');
  usePageTitle(t('signUp.title'));
  const asked = useSearch({ from: '/visitor/sign-up' }).return;
  const enter = useEnter(asked);
  const welcome = useWelcome();
  const form = useForm({
    fields: { name: '', email: '', password: '' },
    check: useNewAccountCheck(),
    submit: async (body) => enter((await take(api.POST('/api/v1/auth/sign-up/email', { body }))).user),
  });
  const toSignIn = (
    <p className="text-soft">
      {t('signUp.haveAccount')}{' '}
      <Link to="/sign-in" search={{ return: asked }} className="font-medium text-accent underline">
        {t('signUp.toSignIn')}
      </Link>
    </p>
  );
  if (welcome && (welcome.sign_up === 'closed' || welcome.set_up_needed)) {
    return (
      <div className="flex flex-col gap-4">
        <h1 className="text-xl font-semibold tracking-tight">{t('signUp.title')}</h1>
        <p className="text-soft">{welcome.set_up_needed ? t('setUp.needed') : t('signUp.closed')}</p>
        {toSignIn}
      </div>
    );
  }
  return (
    <EntryForm
      title={t('signUp.title')}
      intro={t('signUp.intro')}
      form={form}
      submit={t('signUp.submit')}
      after={toSignIn}
    >
      <NewAccountFields form={form} />
    </EntryForm>
  );
}
