import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useRouter, useSearch } from '@tanstack/react-router';
import { useTranslations } from 'use-intl';
import { api, take } from '../api/client.ts';
import { usePageTitle } from '../app/page-title.ts';
import { sessionQuery } from '../app/session.ts';
import { Button } from '../ui/Button.tsx';
import { ErrorSummary } from '../ui/ErrorSummary.tsx';
import { Field } from '../ui/Field.tsx';
import { useForm } from '../ui/form.ts';
import { Input } from '../ui/Input.tsx';
import { PasswordInput } from './PasswordInput.tsx';

/** For whoever has an account; leads back to the page that was asked for. */
export function SignIn() {
  const t = useTranslations('auth');
  usePageTitle(t('signIn.title'));
  const queries = useQueryClient();
  const router = useRouter();
  const navigate = useNavigate();
  const asked = useSearch({ from: '/visitor/sign-in' }).return;

  const form = useForm({
    fields: { email: '', password: '' },
    check: ({ email, password }) => ({
      email: !email.includes('@') && t('enterEmail'),
      password: !password && t('enterPassword'),
    }),
    submit: async (body) => {
      const { user } = await take(api.POST('/api/v1/auth/sign-in/email', { body }));
      queries.setQueryData(sessionQuery.queryKey, user);
      if (asked?.startsWith('/')) router.history.push(asked);
      else await navigate({ to: '/tickets' });
    },
  });

  return (
    <form {...form.props} className="flex flex-col gap-5">
      <h1 className="text-xl font-semibold tracking-tight">{t('signIn.title')}</h1>
      {asked && form.errors.length === 0 && <p className="text-soft">{t('signIn.sessionEnded')}</p>}
      <ErrorSummary title={form.errorTitle} errors={form.errors} />
      <Field label={t('signIn.email')} {...form.field('email')}>
        {(control) => <Input {...control} {...form.input('email')} type="email" autoComplete="username" />}
      </Field>
      <Field label={t('signIn.password')} hint={t('signIn.forgot')} {...form.field('password')}>
        {(control) => (
          <PasswordInput {...control} {...form.input('password')} autoComplete="current-password" />
        )}
      </Field>
      <Button type="submit" look="primary" aria-busy={form.busy}>
        {t('signIn.submit')}
      </Button>
      <p className="text-soft">
        {t('signIn.noAccount')}{' '}
        <Link to="/sign-up" search={{ return: asked }} className="font-medium text-accent underline">
          {t('signIn.toSignUp')}
        </Link>
      </p>
    </form>
  );
}
