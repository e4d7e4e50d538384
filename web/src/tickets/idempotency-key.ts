import { useRef } from 'react';
import { newId } from '../api/new-id.ts';

interface IdempotencyKey {
  /** The same for the same content, so that a repeat after a lost answer makes nothing twice. */
  keyFor(body: object): string;
  /** Once it was taken: the same again is meant to be sent again. */
  forgetKey(): void;
}

const NONE = { text: '', key: '' };

/** Under which key the content of a form is sent. */
export function useIdempotencyKey(): IdempotencyKey {
  const last = useRef(NONE);
  return {
    keyFor(body) {
      const text = JSON.stringify(body);
      if (text !== last.current.text) last.current = { text, key: newId() };
      return last.current.key;
    },
    forgetKey() {
      last.current = NONE;
    },
  };
}
