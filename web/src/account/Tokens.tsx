import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { api, done, type Token, take } from '../api/client.ts';
import { Button } from '../ui/Button.tsx';
import { Card } from '../ui/Card.tsx';
import { Copyable } from '../ui/Copyable.tsx';
import { ErrorSummary } from '../ui/ErrorSummary.tsx';
import { Field } from '../ui/Field.tsx';
import { useForm } from '../ui/form.ts';
import { Input } from '../ui/Input.tsx';
import { QueryProblem } from '../ui/QueryProblem.tsx';
import { Skeleton } from '../ui/Skeleton.tsx';
import { TimeAgo } from '../ui/TimeAgo.tsx';
import { useToast } from '../ui/Toaster.tsx';
import { useToastedRefusal } from '../ui/toasted-refusal.ts';

const TOKENS = ['tokens'];

/** Keys for programs that act in one's name. A new one is shown once. */
export function Tokens() {
  const t = useTranslations('account');
  const queries = useQueryClient();
  const [made, setMade] = useState<string>();
  const { data, error, refetch } = useQuery({
    queryKey: TOKENS,
    queryFn: ({ signal }) => take(api.GET('/api/v1/tokens', { params: { query: { limit: 100 } }, signal })),
  });
  const again = () => queries.invalidateQueries({ queryKey: TOKENS });
  return (
    <Card title={t('tokens.title')} intro={t('tokens.intro')}>
      {error ? (
        <QueryProblem error={error} retry={() => void refetch()} />
      ) : !data ? (
        <Skeleton className="h-14" />
      ) : (
        data.total > 0 && (
          <ul className="mb-4 divide-y divide-line">
            {data.data.map((token) => (
              <TokenRow key={token.id} token={token} onRevoked={() => void again()} />
            ))}
          </ul>
        )
      )}
      {made && (
        <div className="mb-4 rounded-md bg-accent-tint p-3">
          <p className="mb-2 font-medium">{t('tokens.copyNow')}</p>
          <Copyable text={made} label={t('tokens.newToken')} />
        </div>
      )}
      <NewToken
        onMade={(token) => {
          setMade(token);
          void again();
        }}
      />
    </Card>
  );
}

function TokenRow({ token, onRevoked }: { token: Token; onRevoked(): void }) {
  const t = useTranslations('account');
  const toast = useToast();
  const onError = useToastedRefusal();
  const revoke = useMutation({
    mutationFn: () =>
      done(api.DELETE('/api/v1/tokens/{token_id}', { params: { path: { token_id: token.id } } })),
    onSuccess: () => {
      toast({ title: t('tokens.revoked', { name: token.name }) });
      onRevoked();
    },
    onError,
  });
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 py-3">
      <span className="min-w-0">
        <span className="block font-medium break-words">{token.name}</span>
        <span className="block text-sm text-soft">
          {t('tokens.made')} <TimeAgo at={token.created_at} style="long" />
          {' · '}
          {token.last_used_at ? (
            <>
              {t('tokens.lastUsed')} <TimeAgo at={token.last_used_at} style="long" />
            </>
          ) : (
            t('tokens.neverUsed')
          )}
        </span>
      </span>
      <Button
        look="danger"
        aria-busy={revoke.isPending}
        aria-label={t('tokens.revokeNamed', { name: token.name })}
        onClick={() => revoke.mutate()}
      >
        {t('tokens.revoke')}
      </Button>
    </li>
  );
}

function NewToken({ onMade }: { onMade(token: string): void }) {
  const t = useTranslations('account');
  const form = useForm({
    fields: { name: '' },
    check: ({ name }) => ({ name: !name.trim() && t('tokens.enterName') }),
    submit: async ({ name }) => {
      const { token } = await take(api.POST('/api/v1/tokens', { body: { name: name.trim() } }));
      form.set({ name: '' });
      onMade(token);
    },
  });
  return (
    <form {...form.props} className="flex flex-col gap-4">
      <ErrorSummary title={form.errorTitle} errors={form.errors} />
      <Field
        label={t('tokens.name')}
        hint={t('tokens.nameHint')}
        className="max-w-96"
        {...form.field('name')}
      >
        {(control) => <Input {...control} {...form.input('name')} maxLength={100} autoComplete="off" />}
      </Field>
      <Button type="submit" className="self-start" aria-busy={form.busy}>
        {t('tokens.make')}
      </Button>
    </form>
  );
}
