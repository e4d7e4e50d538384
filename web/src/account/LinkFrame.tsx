import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { api, done } from '../api/client.ts';
import { useRefusal } from '../messages/refusals.ts';
import { buttonClasses } from '../ui/Button.tsx';
import { problemFrom } from '../ui/form.ts';
import { Skeleton } from '../ui/Skeleton.tsx';

interface LinkFrameProps {
  purpose: 'set_up' | 'reset_password';
  token: string;
  children: ReactNode;
}

/** What a one-time link leads to, if it still works; else it says so before anything is typed. */
export function LinkFrame({ purpose, token, children }: LinkFrameProps) {
  const t = useTranslations('auth');
  const word = useRefusal();
  const { isPending, error } = useQuery({
    queryKey: ['link', purpose, token],
    queryFn: async () => {
      await done(api.POST('/api/v1/links/check', { body: { purpose, token: token || '-' } }));
      return true;
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (isPending) return <Skeleton className="h-72" />;
  if (!error) return children;
  const { title, advice } = word(problemFrom(error));
  return (
    <div className="flex flex-col items-start gap-3">
      <h1 className="text-lg font-semibold">{title}</h1>
      <p className="text-soft">{advice}</p>
      <Link to="/sign-in" className={buttonClasses()}>
        {t('signUp.toSignIn')}
      </Link>
    </div>
  );
}
