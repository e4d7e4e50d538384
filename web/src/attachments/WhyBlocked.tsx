import type { ReactNode } from 'react';
import type { Attachment } from './api.ts';
import { VerdictBadge } from './VerdictBadge.tsx';
import { standingOf } from './verdict.ts';
import { useVerdictWords } from './verdict-words.ts';

interface WhyBlockedProps {
  file: Attachment;
  /** Why alone, without what to do about it. */
  brief?: boolean;
  /** What may be done. */
  children?: ReactNode;
}

/** Why nobody gets a file, and what to do; what it was released in spite of. Nothing for all others. */
export function WhyBlocked({ file, brief = false, children }: WhyBlockedProps) {
  const words = useVerdictWords();
  const standing = standingOf(file);
  if (standing !== 'blocked' && standing !== 'released') return null;
  return (
    <div className="flex flex-col items-start gap-2 text-sm text-soft">
      <p className="min-w-0 leading-6 wrap-anywhere">
        <VerdictBadge file={file} /> {words.found(file)}
        {standing === 'blocked' && !brief && ` ${words.advice(file)}`}
      </p>
      {children}
    </div>
  );
}
