import { useTranslations } from 'use-intl';
import { Button } from '../ui/Button.tsx';
import { TimeAgo } from '../ui/TimeAgo.tsx';
import type { Attachment } from './api.ts';
import { BlockedSign } from './BlockedSign.tsx';
import { standingOf } from './verdict.ts';
import { useVerdictWords } from './verdict-words.ts';

interface BlockedNoticeProps {
  file: Attachment;
  /** When it is told to have happened. */
  at: string;
  onRelease(file: Attachment): void;
}

/** Tells in the conversation that a file was blocked, and what became of it. */
export function BlockedNotice({ file, at, onRelease }: BlockedNoticeProps) {
  const t = useTranslations('verdicts');
  const words = useVerdictWords();
  return (
    <div data-file={file.id} className="flex gap-2.5 px-4 text-sm text-soft sm:px-5">
      <BlockedSign file={file} className="mt-0.5 size-4 shrink-0" />
      <div className="flex min-w-0 flex-1 items-start gap-x-4 gap-y-2 max-sm:flex-col">
        <p tabIndex={-1} data-row-focus className="min-w-0 flex-1 rounded-sm wrap-anywhere">
          <span className="text-ink">{words.notice(file)}</span>{' '}
          {standingOf(file) === 'released' ? <Release file={file} /> : words.advice(file)}{' '}
          <span className="whitespace-nowrap text-faint tabular-nums">
            <TimeAgo at={at} />
          </span>
        </p>
        {file.can.release && (
          <Button aria-label={t('releaseNamed', { name: file.file_name })} onClick={() => onRelease(file)}>
            {t('release')}
          </Button>
        )}
      </div>
    </div>
  );
}

function Release({ file: { released } }: { file: Attachment }) {
  const t = useTranslations('verdicts');
  if (!released) return t('notice.released');
  return t('notice.releasedBy', { releaser: released.by.name, reason: released.reason });
}
