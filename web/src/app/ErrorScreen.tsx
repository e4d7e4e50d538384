import { type ErrorComponentProps, useRouter } from '@tanstack/react-router';
import { TriangleAlert } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { ApiProblem } from '../api/problem.ts';
import { useRefusal } from '../messages/refusals.ts';
import { Button } from '../ui/Button.tsx';
import { usePageTitle } from './page-title.ts';

/** A screen that failed as a whole: why, and a way to try again. */
export function ErrorScreen({ error, reset }: ErrorComponentProps) {
  const t = useTranslations('common');
  const router = useRouter();
  const word = useRefusal();
  const { title, advice } = word(error instanceof ApiProblem ? error : new ApiProblem('internal_error', 0));
  usePageTitle(title);
  const retry = async () => {
    await router.invalidate();
    reset();
  };
  return (
    <div role="alert" className="mx-auto flex max-w-md flex-col items-center gap-3 px-4 py-20 text-center">
      <TriangleAlert aria-hidden className="size-8 text-urgent" strokeWidth={1.5} />
      <h1 className="text-lg font-semibold">{title}</h1>
      <p className="text-soft">{advice}</p>
      <Button onClick={() => void retry()} className="mt-2">
        {t('retry')}
      </Button>
    </div>
  );
}
