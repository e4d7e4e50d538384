import { type Caller, isStaff } from '../caller.ts';

/** What streams tell. `ready` and `ticket_lost` are of one stream alone; the others come from the database's triggers. */
export const LIVE_KINDS = [
  'reply_added',
  'ticket_changed',
  'attachment_added',
  'attachment_judged',
  'attachment_released',
  'attachment_deleted',
  'attachment_restored',
  'attachment_changed',
  'upload_judged',
  'ready',
  'reset',
  'ticket_lost',
] as const;

/**
 * How far a reader has heard: the time, and the oldest transaction that was under way then. What commits later is of
 * that transaction or a younger one, whatever order events were numbered in.
 */
export type Place = string;

/** A word of the database: that something happened, and to whom it may be told. */
export interface Told {
  kind: string;
  ticket_id?: string | null;
  user_id?: string | null;
  reply_id?: string | null;
  attachment_id?: string | null;
  upload_id?: string | null;
  internal?: boolean;
  place?: Place;
}

/** Whether a word is for somebody who is shown these tickets and may see them. What is internal is the desk's. */
export function isFor(
  { kind, user_id, ticket_id, internal }: Told,
  person: Pick<Caller, 'id' | 'role'>,
  shown: ReadonlySet<string>,
): boolean {
  if (user_id) return user_id === person.id;
  if (ticket_id) return shown.has(ticket_id) && (!internal || isStaff(person));
  return kind === 'reset';
}

/** What others than the desk may hear depends on these. */
export function changesRights({ kind }: Told): boolean {
  return kind === 'person_changed' || kind === 'ticket_changed';
}

/** As the triggers say it (migration 0008). */
export function toldBy(word: string): Told {
  return JSON.parse(word);
}
