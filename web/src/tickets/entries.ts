import type { Attachment, Reply } from '../api/client.ts';

/** What comes after the first message: something said, or a file that was blocked. */
export type Entry = { at: string; reply: Reply } | { at: string; blocked: Attachment };

/**
 * In the order it happened. `complete`: the replies are known to the last one; else what happened after the last of
 * those that are known is left for later.
 */
export function entriesOf(replies: Reply[], blocked: Attachment[], complete: boolean): Entry[] {
  const said = replies.map((reply) => ({ at: reply.created_at, reply }));
  const last = said.at(-1)?.at ?? '';
  const notices = blocked
    .map((file) => ({ at: blockedAt(file), blocked: file }))
    .filter(({ at }) => complete || at <= last);
  // Of what happened at once, what was said comes first.
  return [...said, ...notices].toSorted((one, other) => Date.parse(one.at) - Date.parse(other.at));
}

/** A file may have been judged before it was sent. */
function blockedAt({ virus_scan_timestamp: judged, created_at: sent }: Attachment): string {
  return judged !== null && judged > sent ? judged : sent;
}
