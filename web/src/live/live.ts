import { useCallback, useSyncExternalStore } from 'react';
import type { LiveEvent } from './connection.ts';
import type { Line } from './line.ts';
import { stopTabs } from './stop.ts';

const NAME = 'docket live';
/** Milliseconds in which a change of screens is over. */
const SETTLED = 50;

type Hear = (event: LiveEvent) => void;

const followers = new Map<string, Set<Hear>>();
const askedAt = new Map<string, number>();
const awaited = new Map<string, Set<() => void>>();
const onlookers = new Set<() => void>();
let live: ReadonlySet<string> | null = null;
let line: Line | undefined;
let settling: number | undefined;

/**
 * Hears what happens on a ticket: hints, after which it is asked for. A `reset` means that anything may have happened.
 * `since` is when it was asked for that is shown of it (ms), up to a minute back. Returns what ends it.
 */
export function followTicket(ticketId: string, hear: Hear, since = Date.now()): () => void {
  askedAt.set(ticketId, since);
  return listen(followers, ticketId, hear);
}

/** Hears that a staged upload of one's own has its verdict, or may have it. Returns what ends it. */
export function onUploadJudged(uploadId: string, hear: () => void): () => void {
  return listen(awaited, uploadId, hear);
}

/** Whether nothing that happens on the ticket, or without one to one's uploads, is missed just now. */
export function useIsLive(ticketId?: string): boolean {
  return useSyncExternalStore(
    useCallback((onChange) => {
      onlookers.add(onChange);
      return () => onlookers.delete(onChange);
    }, []),
    () => live !== null && (ticketId === undefined || live.has(ticketId)),
  );
}

/** At sign-out: no tab hears any more. */
export function stopLive(): void {
  stopTabs(NAME);
}

function listen<Listener>(those: Map<string, Set<Listener>>, id: string, listener: Listener): () => void {
  const heard = those.get(id) ?? new Set();
  those.set(id, heard.add(listener));
  settle();
  return () => {
    heard.delete(listener);
    if (heard.size === 0 && those.get(id) === heard) those.delete(id);
    settle();
  };
}

function settle(): void {
  clearTimeout(settling);
  settling = window.setTimeout(() => void ask(), SETTLED);
}

/** Asks the line for what screens show. Its code is no part of a first load; without it they look by the clock. */
async function ask(): Promise<void> {
  if (isNothing() && !line) return;
  const { join } = (await import('./join.ts').catch(() => undefined)) ?? {};
  line ??= join?.(NAME, { event: tell, standing, stop: end });
  const tickets = [...followers.keys()].map((id) => [id, askedAt.get(id) ?? Date.now()]);
  line?.want(isNothing() ? null : Object.fromEntries(tickets));
}

function isNothing(): boolean {
  return followers.size === 0 && awaited.size === 0;
}

function tell(event: LiveEvent): void {
  const { kind, ticket_id, upload_id } = event;
  if (kind === 'reset') {
    for (const heard of [...followers.values()]) for (const hear of heard) hear(event);
    for (const heard of [...awaited.values()]) for (const hear of heard) hear();
  }
  if (ticket_id) for (const hear of followers.get(ticket_id) ?? []) hear(event);
  if (kind === 'upload_judged' && upload_id) for (const hear of awaited.get(upload_id) ?? []) hear();
}

function standing(tickets: string[] | null): void {
  live = tickets && new Set(tickets);
  for (const look of onlookers) look();
}

/** Whoever signs in again comes to screens that follow anew. */
function end(): void {
  line?.want(null);
  standing(null);
}
