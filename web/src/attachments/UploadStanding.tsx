import { CircleCheck, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import type { ApiProblem } from '../api/problem.ts';
import { useRefusal } from '../messages/refusals.ts';
import { useSize } from '../messages/size.ts';
import { Progress } from './Progress.tsx';
import type { QueuedFile } from './queue.ts';

/** The line under a chosen file's name: how things stand with it. */
export function UploadStanding({ queued: { file, state } }: { queued: QueuedFile }) {
  const t = useTranslations('files');
  const size = useSize()(file.size);
  switch (state.at) {
    case 'waiting':
      return <Line>{t('waiting', { size })}</Line>;
    case 'asking':
      return <Line>{t('alike')}</Line>;
    case 'sending':
      return <Progress file={file} sent={state.sent} rate={state.rate} />;
    case 'failed':
      return <Failure problem={state.problem} />;
    case 'done':
      return (
        <Line>
          <CircleCheck aria-hidden className="size-4 shrink-0 text-solved" />
          {t('ready', { size })}
        </Line>
      );
  }
}

function Line({ children }: { children: ReactNode }) {
  return <p className="flex items-center gap-1.5 text-sm text-soft tabular-nums">{children}</p>;
}

/** What happened, why, and what to do: until somebody dismisses it. */
function Failure({ problem }: { problem: ApiProblem }) {
  const { title, advice } = useRefusal()(problem);
  return (
    <p className="flex items-start gap-1.5 text-sm text-urgent">
      <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
      <span className="min-w-0 break-words">
        <strong className="font-medium">{title}.</strong> {advice}
      </span>
    </p>
  );
}
