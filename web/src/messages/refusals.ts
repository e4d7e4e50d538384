import { useMessages, useTranslations } from 'use-intl';
import type { ApiProblem } from '../api/problem.ts';
import { useSize } from './size.ts';

/** A refusal in words: what happened, and what to do. */
export interface Wording {
  title: string;
  advice: string;
}

/** Codes whose `limit` and `actual` are bytes. */
const IN_BYTES = new Set([
  'file_too_large',
  'ticket_size_exceeded',
  'staged_size_exceeded',
  'archive_too_large',
  'request_too_large',
  'max_file_size_too_large',
]);

/** Words refusals by their code; one that this app does not know yet is told as the server words it. */
export function useRefusal(): (problem: ApiProblem) => Wording {
  const t = useTranslations('refusals');
  const { refusals } = useMessages();
  const size = useSize();
  return ({ code, limit, actual, fileName, retryAfter, message }) => {
    if (!isKey(refusals, code)) return { title: t('unknown.title'), advice: message };
    const shown = (value: number | string | undefined) =>
      typeof value === 'number' && IN_BYTES.has(code) ? size(value) : (value ?? '');
    const values = {
      limit: shown(limit),
      actual: shown(actual),
      file_name: fileName ?? '',
      seconds: retryAfter ?? 0,
    };
    return { title: t(`${code}.title`, values), advice: t(`${code}.advice`, values) };
  };
}

function isKey<Known extends object>(known: Known, key: string): key is Extract<keyof Known, string> {
  return Object.hasOwn(known, key);
}
