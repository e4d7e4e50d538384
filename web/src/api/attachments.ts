import { api, take } from './client.ts';
import { type SendOptions, sendFile } from './send-file.ts';
import type { Attachment, Upload } from './client.ts';

/** The files of one ticket, and the staged files of whoever is signed in, as the components of attachments/ ask for them. */
export function attachmentsOf(ticketId: string) {
  return {
    ...STAGING,
    list: ({ skip, limit }: { skip: number; limit: number }) =>
      take(api.GET('/api/v1/tickets/{ticket_id}/attachments', { params: { path: { ticket_id: ticketId }, query: { skip, limit } } })),
  };
}
