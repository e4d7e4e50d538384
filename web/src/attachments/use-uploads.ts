import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { onUploadJudged, useIsLive } from '../live/index.ts';
import { useReasonToStay } from '../ui/staying.ts';
import type { Attachment, AttachmentsApi, StagedUpload } from './api.ts';
import { check, isLikeOneOf, type Limits, limitsOf, type Standing } from './checks.ts';
import { type Draft, openDraft } from './drafts.ts';
import { useLookAgain } from './look-again.ts';
import { policyQuery } from './policy-query.ts';
import { inThisTabAlone, type Queue, underWay } from './queue.ts';
import type { Verdict } from './queued-file.ts';
import { createUploads, type UploadEvent, type Uploads } from './uploads.ts';

/** Milliseconds: what is checked before it is sent must not be judged by limits of long ago. */
const POLICY_AGAIN = 60_000;

/** What a place that takes files is made of: the queue as it is now, and what may be done with it. */
export interface UploadsHandle {
  queue: Queue;
  /** Null until the server has told its own. */
  limits: Limits | null;
  /** Whether files are scanned for viruses; true until the server has told. */
  scanning: boolean;
  add(files: readonly File[]): void;
  confirm(id: string): void;
  retry(id: string): void;
  pause(id: string): void;
  resume(id: string): void;
  supply(id: string, file: File): void;
  remove(id: string): void;
  /** These now belong to a ticket or reply. */
  clear(ids: readonly string[]): void;
  /** What happens from now on; answers with what ends it. */
  on(listener: (event: UploadEvent) => void): () => void;
}

export interface UploadRules {
  /** In bytes; the server's own limit where that is smaller. */
  maxFileSize?: number | undefined;
  /** As in an input's `accept`. */
  acceptedFormats?: string[] | undefined;
  /** What is there already, and counts with the chosen files. */
  standing?: Standing | undefined;
  /** The files that a new one may be just like. */
  known?: readonly { name: string; size: number }[] | undefined;
}

/** `uploads` as React sees it. It runs while the component is there and stops when that goes. */
function useUploads(
  uploads: Uploads,
  api: Pick<AttachmentsApi, 'policy'>,
  rules: UploadRules,
): UploadsHandle {
  const queue = useSyncExternalStore(uploads.subscribe, uploads.get);
  const { data: policy } = useQuery({ ...policyQuery(api), refetchInterval: POLICY_AGAIN });
  const limits = policy ? limitsOf(policy, rules.maxFileSize, rules.acceptedFormats) : null;

  useEffect(() => {
    const follow = () => uploads.setOnline(navigator.onLine);
    follow();
    window.addEventListener('online', follow);
    window.addEventListener('offline', follow);
    return () => {
      window.removeEventListener('online', follow);
      window.removeEventListener('offline', follow);
      uploads.stop();
    };
  }, [uploads]);

  useEffect(() => {
    if (!policy) return;
    const { above, chunk_size } = policy.resumable;
    uploads.setPieces({ above, size: chunk_size });
    uploads.setAtOnce(policy.concurrent_uploads);
  }, [uploads, policy]);

  useReasonToStay(inThisTabAlone(queue).length > 0 ? 'unkept' : null);

  return {
    queue,
    limits,
    scanning: policy?.scanning !== false,
    add: (files) => uploads.add(files, (file, before) => judge(file, before, limits, rules)),
    confirm: uploads.confirm,
    retry: uploads.retry,
    pause: uploads.pause,
    resume: uploads.resume,
    supply: uploads.supply,
    remove: uploads.remove,
    clear: uploads.clear,
    on: uploads.on,
  };
}

/** Before the server's limits are known, only the server can refuse. */
function judge(file: File, queue: Queue, limits: Limits | null, rules: UploadRules): Verdict {
  const { standing = { files: 0, bytes: 0 }, known = [] } = rules;
  const chosen = queue.files.filter(({ state }) => state.at !== 'failed').map((queued) => queued.file);
  const withChosen = {
    files: standing.files + chosen.length,
    bytes: chosen.reduce((sum, { size }) => sum + size, standing.bytes),
  };
  const problem = limits && check(file, limits, withChosen);
  return problem ?? (isLikeOneOf(file, [...known, ...chosen]) ? 'ask' : null);
}

/**
 * Files that go straight to the ticket of `api`; `onAttached` hears of each of them, once. `draft` names the person and
 * the ticket whose files on their way outlive a reload; without it, none do.
 */
export function useTicketUploads(
  api: AttachmentsApi,
  { draft: key, ...rules }: UploadRules & { draft: string | undefined },
  onAttached: (attachment: Attachment) => void,
): UploadsHandle {
  const heard = useRef(onAttached);
  heard.current = onAttached;
  const [draft] = useState(() => (key === undefined ? null : openDraft(key)));
  const attach = useSend(api.attach);
  const attachInPieces = useSend(api.attachInPieces);
  const [uploads] = useState(() => {
    const tell = (attachment: Attachment) => {
      heard.current(attachment);
      return attachment;
    };
    return createUploads(
      {
        send: async (file, options) => tell(await attach(file, options)),
        sendInPieces: async (file, options) => tell(await attachInPieces(file, options)),
        giveUp: api.giveUp,
      },
      draft,
      navigator.onLine,
    );
  });
  useEarlier(uploads, draft, key ?? '', async () => []);
  const handle = useUploads(uploads, api, rules);
  // They go on where they stopped, but only once somebody comes back.
  useReasonToStay(underWay(handle.queue).length > 0 ? 'uploading' : null);
  return handle;
}

/** As a mutation, so that the app hears of a lost session as it does from every other request. */
function useSend<Options, Result>(send: (file: File, options: Options) => Promise<Result>) {
  const { mutateAsync } = useMutation({
    mutationFn: ({ file, options }: { file: File; options: Options }) => send(file, options),
    networkMode: 'always',
    retry: false,
    gcTime: 0,
  });
  return (file: File, options: Options) => mutateAsync({ file, options });
}

const NONE: StagedUpload[] = [];
const ONCE = { staleTime: Number.POSITIVE_INFINITY, gcTime: 0 };

/** Goes on with what an earlier page has left. Tells whether that is still to come. */
function useEarlier(
  uploads: Uploads,
  draft: Draft | null,
  key: string,
  staged: AttachmentsApi['staged'],
): boolean {
  const [isOver, setOver] = useState(draft === null);
  const { data: files, isError: isUnreadable } = useQuery({
    queryKey: ['attachments', 'draft', key, 'files'],
    queryFn: async () => (await draft?.load()) ?? [],
    enabled: draft !== null,
    networkMode: 'always',
    ...ONCE,
  });
  const { data: told, isError: isUntold } = useQuery({
    queryKey: ['attachments', 'draft', key, 'staged'],
    queryFn: staged,
    enabled: files !== undefined && files.length > 0,
    ...ONCE,
  });
  // Where the server does not tell what it has, all of it is sent once more.
  const there = files?.length === 0 || isUntold ? NONE : told;
  useEffect(() => {
    if (files && there) uploads.restore(files, there);
    if (isUnreadable || (files && there)) setOver(true);
  }, [uploads, files, there, isUnreadable]);
  // Only when they are in the queue: whoever sends as soon as they have been found would send without them.
  return !isOver;
}

export interface StagedUploads extends UploadsHandle {
  /** What has arrived, in the order it was chosen: the `upload_ids` of a new ticket or reply. */
  uploadIds: string[];
  /** Whether the files of an earlier page are still to come. */
  restoring: boolean;
  /** One of them has a verdict now. */
  judged(uploadId: string, record: StagedUpload): void;
}

/**
 * Files of a ticket or reply that is still being written: staged at once, and claimed by `uploadIds`; `useSendWhenUploaded`
 * clears them then.
 * `draft` names the person and the form (`<user id> new-ticket`) whose chosen files outlive a reload; it must stay the
 * same while the component lives.
 */
export function useStagedUploads(
  api: Pick<
    AttachmentsApi,
    'policy' | 'stage' | 'stageInPieces' | 'giveUp' | 'staged' | 'stagedUpload' | 'discard'
  >,
  { draft: key, ...rules }: UploadRules & { draft: string },
): StagedUploads {
  const [draft] = useState(() => openDraft(key));
  const send = useSend(api.stage);
  const sendInPieces = useSend(api.stageInPieces);
  const [uploads] = useState(() => {
    const { giveUp } = api;
    const line = { send, sendInPieces, giveUp, discard: ({ id }: { id: string }) => api.discard(id) };
    return createUploads(line, draft, navigator.onLine);
  });
  const restoring = useEarlier(uploads, draft, key, api.staged);
  const handle = useUploads(uploads, api, rules);
  const { judged } = uploads;
  const pending = pendingIn(handle.queue);
  const look = async (uploadId: string) => judged(uploadId, await api.stagedUpload(uploadId));
  useVerdicts(pending, look);
  return { ...handle, uploadIds: uploadIdsOf(handle.queue), restoring, judged };
}

/** Looks at staged uploads as soon as they have their verdicts. */
function useVerdicts(pending: string[], look: (uploadId: string) => Promise<void>): void {
  const latest = useRef(look);
  latest.current = look;
  const waiting = pending.join();
  useEffect(() => {
    // What cannot be asked now is asked once the line is back.
    const hear = (uploadId: string) => () => void latest.current(uploadId).catch(() => undefined);
    const ends = waiting ? waiting.split(',').map((id) => onUploadJudged(id, hear(id))) : [];
    return () => {
      for (const end of ends) end();
    };
  }, [waiting]);
  useLookAgain(waiting, useIsLive(), () => Promise.all(pending.map(look)));
}

function pendingIn(queue: Queue): string[] {
  return queue.files.flatMap(({ state }) =>
    state.at === 'done' && state.result.virus_scan_status === 'pending' ? [state.result.id] : [],
  );
}

function uploadIdsOf(queue: Queue): string[] {
  return queue.files.flatMap(({ state }) => (state.at === 'done' ? [state.result.id] : []));
}
