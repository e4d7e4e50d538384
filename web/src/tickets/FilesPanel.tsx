import { useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { useTranslations } from 'use-intl';
import type { Ticket } from '../api/client.ts';
import { useMe } from '../app/session.ts';
import {
  AttachmentList,
  type AttachmentsApi,
  DeletedFiles,
  FileUpload,
  NotScannedHere,
} from '../attachments/index.ts';
import { TICKETS } from './queries.ts';

/** Every file of the ticket, and where more are put on it. */
export function FilesPanel({ ticket, files }: { ticket: Ticket; files: AttachmentsApi }) {
  const t = useTranslations('tickets');
  const me = useMe();
  const queries = useQueryClient();
  const attach = useRef<HTMLButtonElement>(null);
  const onChange = () => void queries.invalidateQueries({ queryKey: [TICKETS] });
  return (
    <div className="flex flex-col gap-3">
      <AttachmentList api={files} ticketId={ticket.id} onChange={onChange} attachRef={attach} />
      {!ticket.can.attach && <NotScannedHere api={files} />}
      {ticket.can.attach && (
        <FileUpload
          api={files}
          ticketId={ticket.id}
          draft={`${me.id} files ${ticket.id}`}
          // What is dropped or pasted elsewhere on the page goes to the reply that is being written.
          pageTarget={ticket.can.reply ? null : t('detail.filesOfTicket')}
          attachRef={attach}
          onUploadSuccess={onChange}
        />
      )}
      <DeletedFiles api={files} ticketId={ticket.id} onChange={onChange} />
    </div>
  );
}
