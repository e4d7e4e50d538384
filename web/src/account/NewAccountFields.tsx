import { useTranslations } from 'use-intl';
import { Field } from '../ui/Field.tsx';
import type { FormOf } from '../ui/form.ts';
import { Input } from '../ui/Input.tsx';
import { PasswordInput } from './PasswordInput.tsx';
import { useLeastPassword } from './welcome.ts';

type NewAccount = 'name' | 'email' | 'password';

/** Name, address and password of an account that is being made. */
export function NewAccountFields({ form }: { form: FormOf<NewAccount> }) {
  const t = useTranslations('auth');
  const min = useLeastPassword();
  return (
    <>
      <Field label={t('signUp.name')} {...form.field('name')}>
        {(control) => <Input {...control} {...form.input('name')} autoComplete="name" />}
      </Field>
      <Field label={t('signIn.email')} {...form.field('email')}>
        {(control) => <Input {...control} {...form.input('email')} type="email" autoComplete="username" />}
      </Field>
      <Field
        label={t('signIn.password')}
        hint={t('signUp.passwordHint', { min })}
        {...form.field('password')}
      >
        {(control) => <PasswordInput {...control} {...form.input('password')} autoComplete="new-password" />}
      </Field>
    </>
  );
}

/** What is wrong with them before they are sent. */
export function useNewAccountCheck() {
  const t = useTranslations('auth');
  const min = useLeastPassword();
  return ({ name, email, password }: Record<NewAccount, string>) => ({
    name: !name.trim() && t('enterName'),
    email: !email.includes('@') && t('enterEmail'),
    password: password.length < min && t('passwordShort', { min }),
  });
}
