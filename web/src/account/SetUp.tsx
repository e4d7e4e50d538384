import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslations } from 'use-intl';
import { api, done, take } from '../api/client.ts';
import { usePageTitle } from '../app/page-title.ts';
import { useForm } from '../ui/form.ts';
import { EntryForm } from './EntryForm.tsx';
import { LinkFrame } from './LinkFrame.tsx';
import { NewAccountFields, useNewAccountCheck } from './NewAccountFields.tsx';
import { useEnter } from './SignIn.tsx';

/** The first administrator, by the link that the server printed: made, and signed in. */
export function SetUp() {
  const t = useTranslations('auth');
  usePageTitle(t('setUp.title'));
  const { token = '' } = useSearch({ from: '/visitor/setup' });
  const navigate = useNavigate();
  const enter = useEnter('/admin/people');
  const form = useForm({
    fields: { name: '', email: '', password: '' },
    check: useNewAccountCheck(),
    submit: async ({ name, email, password }) => {
      await done(api.POST('/api/v1/setup', { body: { token, name, email, password } }));
      try {
        await enter((await take(api.POST('/api/v1/auth/sign-in/email', { body: { email, password } }))).user);
      } catch {
        await navigate({ to: '/sign-in' }); // the account is there: the person can try for themselves
      }
    },
  });
  return (
    <LinkFrame purpose="set_up" token={token}>
      <EntryForm title={t('setUp.title')} intro={t('setUp.intro')} form={form} submit={t('setUp.submit')}>
        <NewAccountFields form={form} />
      </EntryForm>
    </LinkFrame>
  );
}
