import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { api, done } from '../api/client.ts';
import { Button } from '../ui/Button.tsx';
import { Card } from '../ui/Card.tsx';
import { Checkbox } from '../ui/Checkbox.tsx';
import { ErrorSummary } from '../ui/ErrorSummary.tsx';
import { Field } from '../ui/Field.tsx';
import { useForm } from '../ui/form.ts';
import { useToast } from '../ui/Toaster.tsx';
import { PasswordInput } from './PasswordInput.tsx';
import { SESSIONS } from './sessions-query.ts';
import { useLeastPassword } from './welcome.ts';

const EMPTY = { current: '', next: '' };

export function PasswordForm() {
  const t = useTranslations('account');
  const auth = useTranslations('auth');
  const queries = useQueryClient();
  const toast = useToast();
  const min = useLeastPassword();
  const [endOthers, setEndOthers] = useState(true);
  const form = useForm({
    fields: EMPTY,
    check: ({ current, next }) => ({
      current: !current && auth('enterPassword'),
      next: next.length < min && auth('passwordShort', { min }),
    }),
    submit: async ({ current, next }) => {
      const body = { current_password: current, new_password: next, revoke_other_sessions: endOthers };
      await done(api.POST('/api/v1/auth/change-password', { body }));
      form.set(EMPTY);
      void queries.invalidateQueries({ queryKey: SESSIONS });
      toast({ title: t('password.saved') });
    },
  });
  return (
    <Card title={t('password.title')}>
      <form {...form.props} className="flex flex-col gap-4">
        <ErrorSummary title={form.errorTitle} errors={form.errors} />
        <Field label={t('password.current')} className="max-w-96" {...form.field('current')}>
          {(control) => (
            <PasswordInput {...control} {...form.input('current')} autoComplete="current-password" />
          )}
        </Field>
        <Field
          label={t('password.next')}
          hint={auth('signUp.passwordHint', { min })}
          className="max-w-96"
          {...form.field('next')}
        >
          {(control) => <PasswordInput {...control} {...form.input('next')} autoComplete="new-password" />}
        </Field>
        <Checkbox label={t('password.endOthers')} checked={endOthers} onChange={setEndOthers} />
        <Button type="submit" className="self-start" aria-busy={form.busy}>
          {t('password.submit')}
        </Button>
      </form>
    </Card>
  );
}
