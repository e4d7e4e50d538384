import { Metadata } from '@tus/server';
import { Refusal } from '../../refusals.ts';
import { checkedDescription } from '../description.ts';

/** What a client says of a file in `Upload-Metadata`. */
export interface FileMetadata {
  fileName: string;
  description: string | null;
  ticketId: string | undefined;
  replyId: string | undefined;
}

/** Parses `Upload-Metadata` (tus 1.0, creation). Throws `request_invalid`. */
export function fileMetadata(header: string): FileMetadata {
  const { filename, description, ticket_id, reply_id } = parsed(header);
  if (!filename) throw new Refusal('request_invalid', { actual: 'Upload-Metadata names no filename' });
  if (reply_id && !ticket_id) {
    throw new Refusal('request_invalid', {
      actual: 'Upload-Metadata names a reply_id without its ticket_id',
    });
  }
  return {
    fileName: filename,
    description: checkedDescription(description ?? ''),
    ticketId: ticket_id || undefined,
    replyId: reply_id || undefined,
  };
}

function parsed(header: string): Record<string, string | null> {
  try {
    return Metadata.parse(header);
  } catch (error) {
    throw new Refusal(
      'request_invalid',
      { actual: 'Upload-Metadata is not a list of keys and Base64 values' },
      { cause: error },
    );
  }
}
