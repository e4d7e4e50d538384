import { type InfiniteData, useQueryClient } from '@tanstack/react-query';
import type { Reply, Ticket } from '../api/client.ts';
import { nextPage } from '../api/next-page.ts';
import { useListChanges } from '../attachments/index.ts';
import { repliesQuery, TICKETS } from './queries.ts';

/** A new reply joins what is on screen: it and its files are known already, the ticket's state is asked again. */
export function useTakeIn(ticket: Ticket): (reply: Reply) => void {
  const queries = useQueryClient();
  const files = useListChanges(ticket.id);
  return (reply) => {
    const { queryKey } = repliesQuery(ticket.id);
    // An answer that was asked for before would take it away again.
    const isAsked = queries.isFetching({ queryKey }) > 0;
    queries.setQueryData(queryKey, (known) => known && withReply(known, reply));
    if (isAsked || !isKnown(queries.getQueryData(queryKey), reply))
      void queries.invalidateQueries({ queryKey });
    for (const file of reply.attachments) files.put(file);
    void queries.invalidateQueries({ queryKey: [TICKETS, ticket.id], exact: true });
    void queries.invalidateQueries({ queryKey: [TICKETS, 'list'] });
  };
}

type Replies = InfiniteData<{ data: Reply[]; skip: number; limit: number; total: number }>;

/** At the end of what is known, where that is the end of the conversation. */
function withReply(known: Replies, reply: Reply): Replies {
  const last = known.pages.at(-1);
  if (!last || isKnown(known, reply) || nextPage(known.pages) !== null) return known;
  const total = last.total + 1;
  if (last.data.length < last.limit) {
    const page = { ...last, data: [...last.data, reply], total };
    return { ...known, pages: [...known.pages.slice(0, -1), page] };
  }
  const page = { ...last, data: [reply], skip: last.total, total };
  return { pages: [...known.pages, page], pageParams: [...known.pageParams, last.total] };
}

function isKnown(known: Replies | undefined, { id }: Reply): boolean {
  return known?.pages.some(({ data }) => data.some((one) => one.id === id)) ?? false;
}
