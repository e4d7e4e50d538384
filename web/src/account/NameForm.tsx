import { useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { api, type Me, take } from '../api/client.ts';
import { sessionQuery } from '../app/session.ts';
import { Button } from '../ui/Button.tsx';
import { Card } from '../ui/Card.tsx';
import { ErrorSummary } from '../ui/ErrorSummary.tsx';
import { Field } from '../ui/Field.tsx';
import { useForm } from '../ui/form.ts';
import { Input } from '../ui/Input.tsx';
import { useToast } from '../ui/Toaster.tsx';

/** The name that others see. */
export function NameForm({ me }: { me: Me }) {
  const t = useTranslations('account');
  const common = useTranslations('common');
  const auth = useTranslations('auth');
  const queries = useQueryClient();
  const toast = useToast();
  const form = useForm({
    fields: { name: me.name },
    check: ({ name }) => ({ name: !name.trim() && auth('enterName') }),
    submit: async ({ name }) => {
      const { user } = await take(api.POST('/api/v1/auth/update-user', { body: { name: name.trim() } }));
      queries.setQueryData(sessionQuery.queryKey, user);
      toast({ title: t('name.saved') });
    },
  });
  return (
    <Card title={t('name.title')} intro={t('name.intro')}>
      <form {...form.props} className="flex flex-col gap-4">
        <ErrorSummary title={form.errorTitle} errors={form.errors} />
        <Field label={auth('signUp.name')} className="max-w-96" {...form.field('name')}>
          {(control) => <Input {...control} {...form.input('name')} maxLength={200} autoComplete="name" />}
        </Field>
        <Button type="submit" className="self-start" aria-busy={form.busy}>
          {common('save')}
        </Button>
      </form>
    </Card>
  );
}
