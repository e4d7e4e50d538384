import { CircleCheck, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import type { ApiProblem } from '../api/problem.ts';
import { useRefusal } from '../messages/refusals.ts';
import { useSize } from '../messages/size.ts';
import { Bar, Progress } from './Progress.tsx';
import type { QueuedFile } from './queue.ts';
import { VerdictBadge, VerdictFact } from './VerdictBadge.tsx';
import { type Judged, wasBlocked } from './verdict.ts';
import { useVerdictWords } from './verdict-words.ts';

/** The line under a chosen file's name: how things stand with it. */
export function UploadStanding({ queued: { file, state, durable } }: { queued: QueuedFile }) {
  const t = useTranslations('files');
  const sizeOf = useSize();
  const size = sizeOf(file.size);
  switch (state.at) {
    case 'waiting':
      return (
        <>
          <Line>{t('waiting', { size })}</Line>
          {durable > 0 && <Bar file={file} sent={durable} said={t('waiting', { size })} halted />}
        </>
      );
    case 'asking':
      return <Line>{t('alike')}</Line>;
    case 'sending':
      return <Progress file={file} sent={state.sent} rate={state.rate} />;
    case 'paused': {
      const said = t(state.sent > 0 ? 'paused' : 'pausedAtOnce', { sent: sizeOf(state.sent), size });
      return (
        <>
          <Line>{said}</Line>
          <Bar file={file} sent={state.sent} said={said} halted />
        </>
      );
    }
    case 'missing':
      return <Missing wrong={state.wrong} size={size} />;
    case 'failed':
      return <Failure problem={state.problem} />;
    case 'done':
      return <Arrived file={state.result} size={size} />;
  }
}

/** There, and with a verdict as soon as there is one. */
function Arrived({ file, size }: { file: Judged; size: string }) {
  const t = useTranslations('files');
  const words = useVerdictWords();
  if (wasBlocked(file)) {
    return (
      <p className="text-sm leading-6 text-soft wrap-anywhere">
        <VerdictBadge file={file} /> {words.found(file)} {words.stagedAdvice(file)}
      </p>
    );
  }
  return (
    <p className="flex items-center gap-1.5 text-sm text-soft tabular-nums">
      <CircleCheck aria-hidden className="size-4 shrink-0 text-solved" />
      <span>
        {t('ready', { size })}
        <VerdictFact file={file} />
      </span>
    </p>
  );
}

function Line({ children }: { children: ReactNode }) {
  return <p className="flex items-center gap-1.5 text-sm text-soft tabular-nums">{children}</p>;
}

/** Begun, and its bytes are not here; or another file was chosen in its place. */
function Missing({ wrong, size }: { wrong: string | null; size: string }) {
  const t = useTranslations('files');
  if (wrong === null) return <Line>{t('missing', { size })}</Line>;
  return (
    <p className="flex items-start gap-1.5 text-sm text-urgent">
      <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
      <span className="min-w-0 break-words">{t('notTheSame', { chosen: wrong })}</span>
    </p>
  );
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
