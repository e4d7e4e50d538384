import { newId } from '../api/new-id.ts';
import { DRAFTS, keepText } from './text-draft.ts';

interface IdempotencyKey {
  /** The same for the same content, so that a repeat after a lost answer makes nothing twice, nor after a reload. */
  keyFor(body: object): string;
  /** Once it was taken: the same again is meant to be sent again. */
  forgetKey(): void;
}

/** Under which key the content of a form is sent; `draft` names the person and the form. */
export function useIdempotencyKey(draft: string): IdempotencyKey {
  const place = `${DRAFTS}key ${draft}`;
  return {
    keyFor(body) {
      const text = JSON.stringify(body);
      const last: unknown = JSON.parse(sessionStorage.getItem(place) ?? 'null');
      if (isKept(last) && last.text === text) return last.key;
      const key = newId();
      keepText(sessionStorage, place, JSON.stringify({ text, key }));
      return key;
    },
    forgetKey: () => sessionStorage.removeItem(place),
  };
}

function isKept(value: unknown): value is { text: string; key: string } {
  if (typeof value !== 'object' || value === null || !('text' in value && 'key' in value)) return false;
  return typeof value.text === 'string' && typeof value.key === 'string';
}
