import { useEffect, useRef } from 'react';
import { useTranslations } from 'use-intl';
import { useRefusal } from '../messages/refusals.ts';
import { useAnnounce } from '../ui/LiveRegion.tsx';
import type { UploadEvent } from './uploads.ts';
import type { UploadsHandle } from './use-uploads.ts';
import { useVerdictWords } from './verdict-words.ts';

/** Tells the live region what becomes of the chosen files: added, paused, done, failed. */
export function useUploadSpeech({ on }: UploadsHandle): void {
  const t = useTranslations('files');
  const verdicts = useTranslations('verdicts');
  const words = useVerdictWords();
  const refusal = useRefusal();
  const announce = useAnnounce();

  const sentenceOf = (event: UploadEvent): string | null => {
    switch (event.type) {
      case 'added': {
        const [first] = event.files;
        return first ? t('saidAdded', { count: event.files.length, name: first.name }) : null;
      }
      case 'done':
        return t('saidDone', { name: event.file.file.name });
      case 'failed':
        return t('saidFailed', { name: event.file.file.name, ...refusal(event.problem) });
      case 'blocked': {
        const { found, stagedAdvice } = words;
        const { file, result } = event;
        return verdicts('said', { name: file.file.name, found: found(result), advice: stagedAdvice(result) });
      }
      case 'paused':
        return t('saidPaused', { name: event.file.file.name });
      case 'resumed':
        return t('saidResumed', { name: event.file.file.name });
      case 'not_the_same':
        return t('notTheSame', { chosen: event.chosen });
      case 'not_kept':
        return t('notKept', { name: event.file.file.name });
    }
  };
  const latest = useRef(sentenceOf);
  latest.current = sentenceOf;

  useEffect(
    () =>
      on((event) => {
        const sentence = latest.current(event);
        if (sentence) announce(sentence);
      }),
    [on, announce],
  );
}
