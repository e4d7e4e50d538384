import { TriangleAlert } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useTranslations } from 'use-intl';
import type { QueuedFile } from './queue.ts';
import type { SendWhenUploaded } from './use-send-when-uploaded.ts';

/** Why a send did not go out: it takes focus, so that whoever pressed Send hears of it. */
export function SendNotice({ heldBy }: Pick<SendWhenUploaded, 'heldBy'>) {
  const t = useTranslations('files');
  const box = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (heldBy) box.current?.focus();
  }, [heldBy]);
  if (!heldBy) return null;
  return (
    <p
      ref={box}
      tabIndex={-1}
      role="alert"
      className="flex gap-2.5 rounded-md border border-urgent/40 bg-urgent-tint px-3 py-2 text-urgent"
    >
      <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
      <span className="min-w-0 break-words">{t(wordFor(heldBy), { name: heldBy.file.name })}</span>
    </p>
  );
}

function wordFor({ state }: QueuedFile) {
  switch (state.at) {
    case 'asking':
      return 'heldByQuestion';
    case 'paused':
      return 'heldByPause';
    case 'missing':
      return 'heldByMissing';
    default:
      return 'heldByFailure';
  }
}
