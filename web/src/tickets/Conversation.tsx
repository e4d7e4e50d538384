import { useInfiniteQuery } from '@tanstack/react-query';
import { ArrowDown } from 'lucide-react';
import { useTranslations } from 'use-intl';
import type { Ticket } from '../api/client.ts';
import { type AttachmentsApi, useFileList, useOwnFiles } from '../attachments/index.ts';
import { useIsLive } from '../live/index.ts';
import { Button } from '../ui/Button.tsx';
import { QueryProblem } from '../ui/QueryProblem.tsx';
import { Skeleton } from '../ui/Skeleton.tsx';
import { Message } from './Message.tsx';
import { repliesQuery, UNTIMED } from './queries.ts';
import { idOfReply, useNewReplies } from './use-new-replies.ts';

/** Everything that was said, from the first message on, each with its own files. */
export function Conversation({ ticket, files }: { ticket: Ticket; files: AttachmentsApi }) {
  const t = useTranslations('tickets');
  const live = useIsLive(ticket.id);
  const replies = useInfiniteQuery({ ...repliesQuery(ticket.id), ...(live && UNTIMED) });
  const { away, goThere } = useNewReplies(replies.data?.pages);
  const { files: all } = useFileList(files, ticket.id);
  const own = useOwnFiles(files, ticket.id);
  const known = new Map(all.map((file) => [file.id, file]));
  return (
    <section aria-label={t('detail.conversation')}>
      <ol className="flex flex-col gap-4">
        <Message
          author={ticket.requester}
          text={ticket.description}
          at={ticket.created_at}
          files={own}
          api={files}
        />
        {replies.data?.pages
          .flatMap(({ data }) => data)
          .map((reply) => (
            <Message
              key={reply.id}
              id={idOfReply(reply)}
              author={reply.author}
              text={reply.body}
              at={reply.created_at}
              internal={reply.internal}
              files={reply.attachments.map((file) => known.get(file.id) ?? file)}
              api={files}
            />
          ))}
        {replies.isPending && (
          <li aria-hidden>
            <Skeleton className="h-24 rounded-lg" />
          </li>
        )}
      </ol>
      {replies.error && <QueryProblem error={replies.error} retry={() => void replies.refetch()} />}
      {replies.hasNextPage && (
        <Button
          className="mt-4 w-full"
          aria-busy={replies.isFetchingNextPage}
          onClick={() => void replies.fetchNextPage()}
        >
          {t('detail.moreReplies')}
        </Button>
      )}
      {away && (
        <div className="pointer-events-none fixed inset-x-0 bottom-4 z-10 flex justify-center">
          <Button look="primary" className="pointer-events-auto shadow-lg" onClick={goThere}>
            <ArrowDown aria-hidden className="size-4" />
            {t('detail.newReply')}
          </Button>
        </div>
      )}
    </section>
  );
}
