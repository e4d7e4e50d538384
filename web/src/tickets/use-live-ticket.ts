import { type Query, type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { knowsFile, refetchFiles } from '../attachments/index.ts';
import { followTicket, type LiveEvent, useIsLive } from '../live/index.ts';
import { repliesQuery, ticketQuery } from './queries.ts';

/** Milliseconds: what comes together is asked for together, and many files one after the other not each by itself. */
const TOGETHER = 50;
const PAUSE = 1_000;

type Part = 'ticket' | 'replies' | 'files';

/** Asks for what others change, as soon as they do. Whether nothing is missed: then no clock is needed. */
export function useLiveTicket(ticketId: string): boolean {
  const queries = useQueryClient();
  const live = useIsLive(ticketId);
  const listened = useRef(false);

  useEffect(() => {
    const refetch = gathered((parts) => refetchParts(queries, ticketId, parts));
    const hear = (event: LiveEvent) => {
      if (!isKnown(queries, ticketId, event)) refetch.add(partsOf(event));
    };
    const unfollow = followTicket(ticketId, hear, oldest(queries, ticketId));
    return () => {
      listened.current = false;
      unfollow();
      refetch.cancel();
    };
  }, [queries, ticketId]);

  useEffect(() => {
    if (!live || listened.current) return;
    listened.current = true;
    // What is older than the server tells of.
    void queries.refetchQueries({
      predicate: isOf(ticketId),
      stale: true,
      type: 'active',
    });
  }, [queries, ticketId, live]);
  return live;
}

const isOf = (ticketId: string) => (query: Query) => query.queryKey.includes(ticketId);

/** When the first was asked for of all that is known of the ticket. */
function oldest(queries: QueryClient, ticketId: string): number {
  const all = queries.getQueryCache().findAll({ predicate: isOf(ticketId), type: 'active' });
  return Math.min(Date.now(), ...all.map(({ state }) => state.dataUpdatedAt || Date.now()));
}

/** What one has written or added oneself is there before one hears of it. */
function isKnown(
  queries: QueryClient,
  ticketId: string,
  { kind, reply_id, attachment_id }: LiveEvent,
): boolean {
  if (kind === 'attachment_added') return knowsFile(queries, ticketId, attachment_id);
  const replies = queries.getQueryData(repliesQuery(ticketId).queryKey);
  return (
    kind === 'reply_added' &&
    (replies?.pages.some(({ data }) => data.some(({ id }) => id === reply_id)) ?? false)
  );
}

function partsOf({ kind, reply_id }: LiveEvent): Part[] {
  if (kind === 'ticket_changed') return ['ticket'];
  if (kind === 'reply_added') return ['ticket', 'replies'];
  if (kind.startsWith('attachment_')) return ['ticket', 'files', ...(reply_id ? (['replies'] as const) : [])];
  return ['ticket', 'replies', 'files'];
}

function refetchParts(queries: QueryClient, ticketId: string, parts: Set<Part>): void {
  if (parts.has('ticket'))
    void queries.invalidateQueries({ queryKey: ticketQuery(ticketId).queryKey, exact: true });
  if (parts.has('replies')) void queries.invalidateQueries({ queryKey: repliesQuery(ticketId).queryKey });
  if (parts.has('files')) refetchFiles(queries, ticketId);
}

function gathered(act: (parts: Set<Part>) => void) {
  const due = new Set<Part>();
  let timer: number | undefined;
  let last = -PAUSE;
  return {
    add(parts: Part[]): void {
      for (const part of parts) due.add(part);
      timer ??= window.setTimeout(
        () => {
          timer = undefined;
          last = performance.now();
          act(new Set(due));
          due.clear();
        },
        Math.max(TOGETHER, last + PAUSE - performance.now()),
      );
    },
    cancel: () => clearTimeout(timer),
  };
}
