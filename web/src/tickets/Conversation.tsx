import { useInfiniteQuery } from '@tanstack/react-query';
import { ArrowDown } from 'lucide-react';
import { useTranslations } from 'use-intl';
import type { Ticket } from '../api/client.ts';
import { isStaff, useMe } from '../app/session.ts';
import {
  type AttachmentsApi,
  BlockedNotice,
  useBlockedFiles,
  useFileList,
  useListChanges,
  useOwnFiles,
  useReleasing,
} from '../attachments/index.ts';
import { useIsLive } from '../live/index.ts';
import { Button } from '../ui/Button.tsx';
import { QueryProblem } from '../ui/QueryProblem.tsx';
import { Skeleton } from '../ui/Skeleton.tsx';
import { entriesOf } from './entries.ts';
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
  const me = useMe();
  // Who sent it, and who answers for the desk.
  const told = useBlockedFiles(files, ticket.id).filter((file) => isStaff(me) || file.uploaded_by === me.id);
  const releasing = useReleasing(files, useListChanges(ticket.id).replace);
  const entries = entriesOf(
    replies.data?.pages.flatMap(({ data }) => data) ?? [],
    told,
    replies.isSuccess && !replies.hasNextPage,
  );
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
        {entries.map((entry) =>
          'reply' in entry ? (
            <Message
              key={entry.reply.id}
              id={idOfReply(entry.reply)}
              author={entry.reply.author}
              text={entry.reply.body}
              at={entry.at}
              internal={entry.reply.internal}
              files={entry.reply.attachments.map((file) => known.get(file.id) ?? file)}
              api={files}
            />
          ) : (
            <li key={entry.blocked.id}>
              <BlockedNotice file={entry.blocked} at={entry.at} onRelease={releasing.ask} />
            </li>
          ),
        )}
        {replies.isPending && (
          <li aria-hidden>
            <Skeleton className="h-24 rounded-lg" />
          </li>
        )}
      </ol>
      {releasing.dialog}
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
