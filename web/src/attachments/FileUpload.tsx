import { useEffect, useRef } from 'react';
import { useTranslations } from 'use-intl';
import type { ApiProblem } from '../api/problem.ts';
import { useToast } from '../ui/Toaster.tsx';
import type { Attachment, AttachmentsApi } from './api.ts';
import { useFileList, useListChanges } from './list-query.ts';
import { underWay } from './queue.ts';
import { UploadArea, type UploadAreaProps } from './UploadArea.tsx';
import { type UploadsHandle, useTicketUploads } from './use-uploads.ts';

interface FileUploadProps extends UploadAreaProps {
  api: AttachmentsApi;
  ticketId: string;
  /** Names the person and the ticket whose files on their way outlive a reload; without it, none do. */
  draft?: string;
  onUploadSuccess?(attachment: Attachment): void;
  onUploadError?(error: ApiProblem): void;
  /** In bytes; can only be less than the server allows. */
  maxFileSize?: number;
  /** As in an input's `accept`; can only be fewer than the server takes. */
  acceptedFormats?: string[];
}

/** Puts files straight on a ticket. What has arrived leaves the queue for the list of the ticket's files. */
export function FileUpload(props: FileUploadProps) {
  return <OnTicket key={props.ticketId} {...props} />;
}

function OnTicket({
  api,
  ticketId,
  draft,
  onUploadSuccess,
  onUploadError,
  maxFileSize,
  acceptedFormats,
  ...area
}: FileUploadProps) {
  const { files } = useFileList(api, ticketId);
  const changes = useListChanges(ticketId);
  const rules = { draft, maxFileSize, acceptedFormats, ...alreadyThere(files) };
  const uploads = useTicketUploads(api, rules, (attachment) => {
    changes.put(attachment);
    onUploadSuccess?.(attachment);
  });

  useArrivals(uploads);
  useFailures(uploads, onUploadError);
  return <UploadArea uploads={uploads} {...area} />;
}

/** Files of replies do not count here: those of internal ones have limits of their own, and which they are is not known. */
function alreadyThere(files: Attachment[]) {
  const counted = files.filter((file) => file.reply_id === null);
  return {
    known: files.map((file) => ({ name: file.file_name, size: file.file_size })),
    standing: {
      files: counted.length,
      bytes: counted.reduce((sum, file) => sum + file.file_size, 0),
    },
  };
}

/** Takes what has arrived out of the queue, and tells it once all the others have, too. */
function useArrivals({ on, remove, queue }: UploadsHandle): void {
  const t = useTranslations('files');
  const toast = useToast();
  const arrived = useRef<string[]>([]);
  useEffect(
    () =>
      on((event) => {
        if (event.type !== 'done') return;
        arrived.current.push(event.file.file.name);
        remove(event.file.id);
      }),
    [on, remove],
  );

  const pending = underWay(queue).length;
  useEffect(() => {
    if (pending > 0) return;
    const names = arrived.current.splice(0);
    const [name] = names;
    if (name) toast({ title: t('attached', { count: names.length, name }) });
  });
}

function useFailures({ on }: UploadsHandle, onUploadError: FileUploadProps['onUploadError']): void {
  const latest = useRef(onUploadError);
  latest.current = onUploadError;
  useEffect(
    () =>
      on((event) => {
        if (event.type === 'failed') latest.current?.(event.problem);
      }),
    [on],
  );
}
