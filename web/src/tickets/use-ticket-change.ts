import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, type Ticket, take } from '../api/client.ts';
import type { operations } from '../api/openapi.d.ts';
import { useAnnounce } from '../ui/LiveRegion.tsx';
import { useToastedRefusal } from '../ui/toasted-refusal.ts';
import { TICKETS, ticketQuery } from './queries.ts';

export type TicketChanges = operations['updateTicket']['requestBody']['content']['application/json'];

/** Changes the ticket; `said` is read out when it is done. What is refused stays on screen until it is dismissed. */
export function useTicketChange(ticket: Ticket) {
  const queries = useQueryClient();
  const announce = useAnnounce();
  const { mutate, variables, isPending } = useMutation({
    mutationFn: ({ changes }: { changes: TicketChanges; said: string }) =>
      take(
        api.PATCH('/api/v1/tickets/{ticket_id}', {
          params: { path: { ticket_id: ticket.id } },
          body: changes,
        }),
      ),
    onSuccess: (changed, { said }) => {
      queries.setQueryData(ticketQuery(ticket.id).queryKey, changed);
      void queries.invalidateQueries({ queryKey: [TICKETS, 'list'] });
      announce(said);
    },
    onError: useToastedRefusal(),
  });
  return {
    change: (changes: TicketChanges, said: string) => mutate({ changes, said }),
    /** What the ticket will be like, while the server is asked. */
    asked: isPending ? variables.changes : {},
  };
}
