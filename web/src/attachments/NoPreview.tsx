import { useTranslations } from 'use-intl';
import { ApiProblem } from '../api/problem.ts';
import { useRefusal } from '../messages/refusals.ts';

/** In the place of a preview, where there is none or it has failed. */
export function NoPreview({ failure }: { failure?: Error | 'image' }) {
  const t = useTranslations('files');
  const refusal = useRefusal();
  const words = failure instanceof ApiProblem ? refusal(failure) : null;
  return (
    <div
      role={failure && 'alert'}
      className="flex flex-1 flex-col items-center justify-center gap-1 p-6 text-center"
    >
      {failure && <p className="font-medium">{t('previewFailed')}</p>}
      <p className="text-soft">{words ? `${words.title}. ${words.advice}` : t('noPreview')}</p>
    </div>
  );
}
