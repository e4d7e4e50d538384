import { useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { api, take } from '../api/client.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { ErrorSummary } from '../ui/ErrorSummary.tsx';
import { Field } from '../ui/Field.tsx';
import { useForm } from '../ui/form.ts';
import { Input } from '../ui/Input.tsx';
import { Select } from '../ui/Select.tsx';
import type { MadeLink } from './LinkDialog.tsx';
import { ROLES } from './PersonRow.tsx';
import { PEOPLE } from './queries.ts';

interface NewPersonDialogProps {
  open: boolean;
  onOpenChange(open: boolean): void;
  /** The person's own way in, to be passed on. */
  onMade(link: MadeLink): void;
}

/** Makes an account; its person sets the password by a link. */
export function NewPersonDialog({ open, onOpenChange, onMade }: NewPersonDialogProps) {
  const t = useTranslations('admin');
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={t('add')} description={t('addAdvice')}>
      <NewPersonForm
        onCancel={() => onOpenChange(false)}
        onMade={(link) => {
          onOpenChange(false);
          onMade(link);
        }}
      />
    </Dialog>
  );
}

function NewPersonForm({ onMade, onCancel }: { onMade(link: MadeLink): void; onCancel(): void }) {
  const t = useTranslations('admin');
  const auth = useTranslations('auth');
  const common = useTranslations('common');
  const queries = useQueryClient();
  const form = useForm({
    fields: { name: '', email: '', role: 'customer' },
    check: ({ name, email }) => ({
      name: !name.trim() && t('enterName'),
      email: !email.includes('@') && auth('enterEmail'),
    }),
    submit: async ({ name, email, role }) => {
      const body = { name: name.trim(), email: email.trim(), role: roleOf(role) };
      const { reset_link } = await take(api.POST('/api/v1/users', { body }));
      void queries.invalidateQueries({ queryKey: [PEOPLE] });
      if (reset_link) onMade({ name: body.name, url: reset_link.url, expiresAt: reset_link.expires_at });
    },
  });
  return (
    <form {...form.props} className="flex flex-col gap-4">
      <ErrorSummary title={form.errorTitle} errors={form.errors} />
      <Field label={t('name')} {...form.field('name')}>
        {(control) => <Input {...control} {...form.input('name')} maxLength={200} autoComplete="off" />}
      </Field>
      <Field label={auth('signIn.email')} {...form.field('email')}>
        {(control) => <Input {...control} {...form.input('email')} type="email" autoComplete="off" />}
      </Field>
      <Field label={t('role')} className="w-48">
        {(control) => (
          <Select
            {...control}
            value={roleOf(form.values.role)}
            options={ROLES.map((value) => ({ value, label: auth(`role.${value}`) }))}
            onChange={(role) => form.set({ role })}
          />
        )}
      </Field>
      <div className="flex justify-end gap-2">
        <Button onClick={onCancel}>{common('cancel')}</Button>
        <Button type="submit" look="primary" aria-busy={form.busy}>
          {t('create')}
        </Button>
      </div>
    </form>
  );
}

function roleOf(text: string) {
  return ROLES.find((role) => role === text) ?? 'customer';
}
