import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslations } from 'use-intl';
import { api, done } from '../api/client.ts';
import { usePageTitle } from '../app/page-title.ts';
import { Field } from '../ui/Field.tsx';
import { useForm } from '../ui/form.ts';
import { useToast } from '../ui/Toaster.tsx';
import { EntryForm } from './EntryForm.tsx';
import { LinkFrame } from './LinkFrame.tsx';
import { PasswordInput } from './PasswordInput.tsx';
import { useLeastPassword } from './welcome.ts';

/** A new password, by a link that an administrator or the command line made. */
export function ResetPassword() {
  const t = useTranslations('auth');
  usePageTitle(t('reset.title'));
  const { token = '' } = useSearch({ from: '/visitor/reset-password' });
  const navigate = useNavigate();
  const toast = useToast();
  const min = useLeastPassword();
  const form = useForm({
    fields: { password: '' },
    check: ({ password }) => ({ password: password.length < min && t('passwordShort', { min }) }),
    submit: async ({ password }) => {
      await done(api.POST('/api/v1/auth/reset-password', { body: { token, new_password: password } }));
      toast({ title: t('reset.done') });
      await navigate({ to: '/sign-in' });
    },
  });
  return (
    <LinkFrame purpose="reset_password" token={token}>
      <EntryForm title={t('reset.title')} intro={t('reset.intro')} form={form} submit={t('reset.submit')}>
        <Field
          label={t('reset.newPassword')}
          hint={t('signUp.passwordHint', { min })}
          {...form.field('password')}
        >
          {(control) => (
            <PasswordInput {...control} {...form.input('password')} autoComplete="new-password" />
          )}
        </Field>
      </EntryForm>
    </LinkFrame>
  );
}
