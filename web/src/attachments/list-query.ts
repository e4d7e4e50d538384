import {
  type InfiniteData,
  infiniteQueryOptions,
  type QueryClient,
  useInfiniteQuery,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { useMemo } from 'react';
import { nextPage } from '../api/next-page.ts';
import type { Attachment, AttachmentPage, AttachmentsApi, DeletedAttachment } from './api.ts';
import { policyQuery } from './policy-query.ts';
import { wasBlocked } from './verdict.ts';

/** More than a window shows; a long list is asked for as it is scrolled. */
const PAGE = 50;

/** As many as the server gives at once. */
const LARGE_PAGE = 100;

const keyOf = (ticketId: string) => ['attachments', 'list', ticketId];
const keyOfOwn = (ticketId: string) => ['attachments', 'own', ticketId];
const keyOfBlocked = (ticketId: string) => ['attachments', 'blocked', ticketId];
const keyOfDeleted = (ticketId: string) => ['attachments', 'deleted', ticketId];

/** The files of a ticket, newest first. */
export const fileListQuery = (api: Pick<AttachmentsApi, 'list'>, ticketId: string) =>
  infiniteQueryOptions({
    queryKey: keyOf(ticketId),
    queryFn: ({ pageParam: skip }) => api.list({ skip, limit: PAGE }),
    initialPageParam: 0,
    getNextPageParam: (_, pages) => nextPage(pages),
  });

/** Those that are known so far, shared by all who show them or count them. */
export function useFileList(api: AttachmentsApi, ticketId: string) {
  const query = useInfiniteQuery(fileListQuery(api, ticketId));
  const pages = query.data?.pages;
  const files = useMemo(() => pages?.flatMap(({ data }) => data) ?? [], [pages]);
  const { total = 0, deleted_total = 0 } = pages?.[0] ?? {};
  return { ...query, files, total, deletedTotal: deleted_total };
}

/**
 * The files on the ticket itself, oldest first. Where the list is not known to its end they are asked for by
 * themselves: the oldest of them are the last that it would come to.
 */
export function useOwnFiles(api: AttachmentsApi, ticketId: string): Attachment[] {
  const { files, hasNextPage } = useFileList(api, ticketId);
  const { data } = useQuery({
    queryKey: keyOfOwn(ticketId),
    queryFn: () => allOwn(api),
    enabled: hasNextPage,
  });
  const asked = hasNextPage ? data : undefined;
  return useMemo(() => (asked ?? files.filter(isOwn)).toReversed(), [asked, files]);
}

async function allOwn(api: AttachmentsApi): Promise<Attachment[]> {
  const files: Attachment[] = [];
  for (;;) {
    const { data, total } = await api.list({ on: 'ticket', skip: files.length, limit: LARGE_PAGE });
    files.push(...data);
    if (data.length === 0 || files.length >= total) return files;
  }
}

/**
 * The files of the ticket that were blocked, released ones among them. Where the list is not known to its end they are
 * asked for by themselves, if files are scanned here at all.
 */
export function useBlockedFiles(api: AttachmentsApi, ticketId: string): Attachment[] {
  const { files, hasNextPage } = useFileList(api, ticketId);
  const { data: policy } = useQuery({ ...policyQuery(api), enabled: hasNextPage });
  const { data } = useQuery({
    queryKey: keyOfBlocked(ticketId),
    queryFn: () => allBlocked(api),
    enabled: hasNextPage && policy?.scanning === true,
  });
  const asked = hasNextPage ? data : undefined;
  return useMemo(() => asked ?? files.filter(wasBlocked), [asked, files]);
}

/** `infected` is what is on its way to quarantine: some moments long. */
async function allBlocked(api: AttachmentsApi): Promise<Attachment[]> {
  const pages = await Promise.all(
    (['quarantined', 'unscannable'] as const).map((virus_scan_status) =>
      api.list({ virus_scan_status, skip: 0, limit: LARGE_PAGE }),
    ),
  );
  return pages.flatMap(({ data }) => data);
}

function isOwn({ reply_id }: Attachment): boolean {
  return reply_id === null;
}

/** All that is known of a ticket's files is asked for again, as far as it is on screen. */
export function refetchFiles(queries: QueryClient, ticketId: string): void {
  for (const key of [keyOf, keyOfOwn, keyOfBlocked, keyOfDeleted])
    void queries.invalidateQueries({ queryKey: key(ticketId) });
}

/** Whether the file is in the list, as far as that is known. */
export function knowsFile(queries: QueryClient, ticketId: string, id: string | undefined): boolean {
  const list = queries.getQueryData<InfiniteData<AttachmentPage>>(keyOf(ticketId));
  return list?.pages.some(({ data }) => data.some((file) => file.id === id)) ?? false;
}

/** The deleted files that the person can restore; asked for once somebody looks. */
export function useDeletedFiles(api: AttachmentsApi, ticketId: string, looking: boolean) {
  return useQuery({ queryKey: keyOfDeleted(ticketId), queryFn: () => api.listDeleted(), enabled: looking });
}

export interface ListChanges {
  /** A new file, among those of its age. */
  put(attachment: Attachment): void;
  /** Deleted, or about to be. */
  drop(id: string): void;
  /** The server has deleted it: who looks at the deleted ones finds it there. */
  dropped(): void;
  /** What was dropped may be there or not: the server is asked. */
  lookAgain(): void;
  /** What was dropped is there again. */
  putBack(attachment: Attachment): void;
  replace(attachment: Attachment): void;
}

/** Changes to the list that an answer in hand makes known, without asking the server again. */
export function useListChanges(ticketId: string): ListChanges {
  const client = useQueryClient();
  const change = (
    by: { files: number; deleted: number },
    next: (files: Attachment[], page: number) => Attachment[],
  ) => {
    client.setQueryData<InfiniteData<AttachmentPage>>(keyOf(ticketId), (old) =>
      old
        ? {
            ...old,
            pages: old.pages.map((page, index) => ({
              ...page,
              data: next(page.data, index),
              total: page.total + by.files,
              deleted_total: page.deleted_total + by.deleted,
            })),
          }
        : old,
    );
    client.setQueryData<Attachment[]>(keyOfOwn(ticketId), (old) => old && next(old, 0).filter(isOwn));
    client.setQueryData<Attachment[]>(
      keyOfBlocked(ticketId),
      (old) => old && next(old, 0).filter(wasBlocked),
    );
  };
  const replace = (attachment: Attachment) =>
    change({ files: 0, deleted: 0 }, (files) =>
      files.map((file) => (file.id === attachment.id ? attachment : file)),
    );
  const isListed = ({ id }: Attachment) => knowsFile(client, ticketId, id);
  const insert = (attachment: Attachment, deleted: number) =>
    change({ files: 1, deleted }, (files, page) => (page === 0 ? inOrder([attachment, ...files]) : files));
  return {
    put(attachment) {
      // An answer that was asked for before would take it away again.
      const isAsked = client.isFetching({ queryKey: keyOf(ticketId) }) > 0;
      // It may have been heard of before it was answered.
      if (isListed(attachment)) replace(attachment);
      else insert(attachment, 0);
      if (isAsked) void client.invalidateQueries({ queryKey: keyOf(ticketId) });
    },
    drop: (id) => change({ files: -1, deleted: 1 }, (files) => files.filter((file) => file.id !== id)),
    lookAgain: () => refetchFiles(client, ticketId),
    dropped: () => void client.invalidateQueries({ queryKey: keyOfDeleted(ticketId) }),
    putBack(attachment) {
      client.setQueryData<DeletedAttachment[]>(keyOfDeleted(ticketId), (old) =>
        old?.filter(({ id }) => id !== attachment.id),
      );
      // Undo and Restore may both have been pressed.
      if (isListed(attachment)) replace(attachment);
      else insert(attachment, -1);
    },
    replace,
  };
}

function inOrder(files: Attachment[]): Attachment[] {
  return files.toSorted((one, other) => other.created_at.localeCompare(one.created_at));
}
