import { useEffect, useRef, useState } from 'react';
import { useReasonToStay } from '../ui/staying.ts';
import { type Queue, type QueuedFile, underWay } from './queue.ts';
import type { StagedUploads } from './use-uploads.ts';

export interface SendWhenUploaded {
  phase: 'idle' | 'waiting' | 'sending';
  /** How many uploads a send waits for. */
  waitingFor: number;
  /** The file that keeps a send from going out, until the next try; `SendNotice` says why. */
  heldBy: QueuedFile | null;
  submit(): void;
  /** While it waits. */
  callOff(): void;
}

/**
 * Sends once every upload has arrived. What was refused for good, and shown, is left out; what may still get through,
 * an open question, a pause, or a failure while it waits holds the send: no ticket or reply goes without a file it was meant to have.
 * `send` resolves to whether it was sent, and tells a refusal itself. What went along leaves the queue; what was chosen
 * since stays for the next.
 */
export function useSendWhenUploaded(
  uploads: StagedUploads,
  send: (uploadIds: string[]) => Promise<boolean>,
): SendWhenUploaded {
  const { queue, restoring, uploadIds, clear } = uploads;
  const [phase, setPhase] = useState<SendWhenUploaded['phase']>('idle');
  const [heldBy, setHeldBy] = useState<QueuedFile | null>(null);
  const leftOut = useRef<ReadonlySet<string>>(new Set());
  const waitingFor = underWay(queue).length;
  useReasonToStay(phase === 'waiting' ? 'unsent' : null);

  useEffect(() => {
    if (phase !== 'waiting') return;
    const obstacle = obstacleIn(queue, leftOut.current);
    if (obstacle) {
      setHeldBy(obstacle);
      setPhase('idle');
    } else if (waitingFor === 0 && !restoring) {
      setPhase('sending');
      const along = queue.files.map(({ id }) => id);
      void send(uploadIds)
        .then((sent) => sent && clear(along))
        .finally(() => setPhase('idle'));
    }
  }, [phase, queue, waitingFor, restoring, uploadIds, send, clear]);

  return {
    phase,
    waitingFor,
    heldBy,
    submit() {
      if (phase !== 'idle') return;
      leftOut.current = new Set(queue.files.filter(isRefused).map(({ id }) => id));
      setHeldBy(null);
      setPhase('waiting');
    },
    callOff() {
      if (phase === 'waiting') setPhase('idle');
    },
  };
}

function isRefused({ state }: QueuedFile): boolean {
  return state.at === 'failed' && !state.again;
}

function obstacleIn(queue: Queue, leftOut: ReadonlySet<string>): QueuedFile | null {
  const stands = ({ id, state }: QueuedFile) =>
    ['asking', 'paused', 'missing'].includes(state.at) || (state.at === 'failed' && !leftOut.has(id));
  return queue.files.find(stands) ?? null;
}
