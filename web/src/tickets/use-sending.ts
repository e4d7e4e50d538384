import { useEffect, useRef, useState } from 'react';
import { type StagedUploads, underWay } from '../attachments/index.ts';

export interface Sending {
  /** `waiting`: pressed, and sent as soon as the last file has arrived. */
  at: 'rest' | 'waiting' | 'sending';
  /** Files on their way. */
  pending: number;
  press(): void;
  callOff(): void;
}

interface SendingOptions {
  uploads: StagedUploads;
  /** Sends the form with these files; resolves to whether it was taken, and tells what went wrong itself. */
  send(uploadIds: string[], idempotencyKey: string): Promise<boolean>;
  /** Files were refused or still ask something; pressing again goes without them. */
  onLeftOver(count: number): void;
}

/** Sends a form once all of its files have arrived. The button can be pressed at any time. */
export function useSending({ uploads, send, onLeftOver }: SendingOptions): Sending {
  const [at, setAt] = useState<Sending['at']>('rest');
  const [without, setWithout] = useState(0);
  const key = useRef(crypto.randomUUID());
  const pending = underWay(uploads.queue).length + (uploads.restoring ? 1 : 0);
  const leftOver = uploads.queue.files.filter(
    ({ state }) => state.at === 'failed' || state.at === 'asking',
  ).length;

  const settle = async () => {
    if (leftOver > without) {
      setWithout(leftOver);
      setAt('rest');
      onLeftOver(leftOver);
      return;
    }
    setAt('sending');
    if (await send(uploads.uploadIds, key.current)) {
      key.current = crypto.randomUUID();
      setWithout(0);
    }
    setAt('rest');
  };
  const latest = useRef(settle);
  latest.current = settle;

  const ready = at === 'waiting' && pending === 0;
  useEffect(() => {
    if (ready) void latest.current();
  }, [ready]);

  return {
    at,
    pending,
    press: () => at === 'rest' && setAt('waiting'),
    callOff: () => at === 'waiting' && setAt('rest'),
  };
}
