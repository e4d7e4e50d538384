import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { api, done, type Session } from '../api/client.ts';
import { Badge } from '../ui/Badge.tsx';
import { Button } from '../ui/Button.tsx';
import { Card } from '../ui/Card.tsx';
import { QueryProblem } from '../ui/QueryProblem.tsx';
import { Skeleton } from '../ui/Skeleton.tsx';
import { TimeAgo } from '../ui/TimeAgo.tsx';
import { useToast } from '../ui/Toaster.tsx';
import { useToastedRefusal } from '../ui/toasted-refusal.ts';
import { deviceOf } from './device.ts';
import { SESSIONS, sessionsQuery } from './sessions-query.ts';

/** Where one is signed in, and how to end it there. */
export function Sessions() {
  const t = useTranslations('account');
  const queries = useQueryClient();
  const toast = useToast();
  const onError = useToastedRefusal();
  const { data, error, refetch } = useQuery(sessionsQuery);
  const onSuccess = () => {
    void queries.invalidateQueries({ queryKey: SESSIONS });
    toast({ title: t('sessions.ended') });
  };
  const end = useMutation({
    mutationFn: (session_id: string) =>
      done(api.POST('/api/v1/auth/revoke-session', { body: { session_id } })),
    onSuccess,
    onError,
  });
  const endOthers = useMutation({
    mutationFn: () => done(api.POST('/api/v1/auth/revoke-other-sessions')),
    onSuccess,
    onError,
  });
  return (
    <Card title={t('sessions.title')} intro={t('sessions.intro')}>
      {error ? (
        <QueryProblem error={error} retry={() => void refetch()} />
      ) : !data ? (
        <Skeleton className="h-14" />
      ) : (
        <>
          <ul className="divide-y divide-line">
            {inOrder(data.data).map((session) => (
              <SessionRow key={session.id} session={session} onEnd={() => end.mutate(session.id)} />
            ))}
          </ul>
          {data.total > 1 && (
            <Button className="mt-3" aria-busy={endOthers.isPending} onClick={() => endOthers.mutate()}>
              {t('sessions.endOthers')}
            </Button>
          )}
        </>
      )}
    </Card>
  );
}

function SessionRow({ session, onEnd }: { session: Session; onEnd(): void }) {
  const t = useTranslations('account');
  const { browser, system } = deviceOf(session.user_agent ?? '');
  const device = [browser, system].filter(Boolean).join(' · ') || t('sessions.unknownDevice');
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 py-3">
      <span className="min-w-0">
        <span className="flex flex-wrap items-center gap-2 font-medium">
          {device}
          {session.current && <Badge tone="solved">{t('sessions.thisOne')}</Badge>}
        </span>
        <span className="block text-sm break-words text-soft">
          {session.ip_address ? `${session.ip_address} · ` : ''}
          {t('sessions.since')} <TimeAgo at={session.created_at} style="long" />
        </span>
      </span>
      {!session.current && (
        <Button onClick={onEnd} aria-label={t('sessions.endNamed', { device })}>
          {t('sessions.end')}
        </Button>
      )}
    </li>
  );
}

/** This one first, then the latest. */
function inOrder(sessions: Session[]): Session[] {
  return sessions.toSorted(
    (one, other) =>
      Number(other.current) - Number(one.current) || other.created_at.localeCompare(one.created_at),
  );
}
