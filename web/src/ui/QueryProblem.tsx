import { TriangleAlert } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { useRefusal } from '../messages/refusals.ts';
import { Button } from './Button.tsx';
import { problemFrom } from './form.ts';

/** In the place of what could not be loaded: why, and a way to try again. */
export function QueryProblem({ error, retry }: { error: unknown; retry(): void }) {
  const t = useTranslations('common');
  const word = useRefusal();
  const { title, advice } = word(problemFrom(error));
  return (
    <div role="alert" className="flex flex-col items-center gap-3 px-4 py-14 text-center">
      <TriangleAlert aria-hidden className="size-7 text-urgent" strokeWidth={1.5} />
      <p className="font-semibold">{title}</p>
      <p className="max-w-sm text-soft">{advice}</p>
      <Button onClick={retry}>{t('retry')}</Button>
    </div>
  );
}
