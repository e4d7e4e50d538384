import type { Me } from '../api/client.ts';
import type { paths } from '../api/openapi.d.ts';
import { textOf } from '../app/search-params.ts';
import { isStaff } from '../app/session.ts';

/** What an address says of the list; what it does not say is as the view has it. */
export interface ListSearch {
  view?: View | undefined;
  status?: StatusFilter | undefined;
  q?: string | undefined;
  sort?: Sort | undefined;
  page?: string | undefined;
}

export type TicketsQuery = NonNullable<paths['/api/v1/tickets']['get']['parameters']['query']>;
export type StatusFilter = NonNullable<TicketsQuery['status']> | 'any';
export type Sort = NonNullable<TicketsQuery['sort']>;

export const VIEWS = ['unassigned', 'mine', 'open', 'solved'] as const;
/** The views of the desk; a customer has one, of their own tickets. */
export type View = (typeof VIEWS)[number];

export const STATUS_FILTERS = ['any', 'unsolved', 'open', 'pending', 'solved', 'closed'] as const;
const SORTS = ['created_at', '-created_at', 'updated_at', '-updated_at', 'priority', '-priority'] as const;
export const PAGE_SIZE = 25;

const VIEW_FILTERS: Record<View, TicketsQuery> = {
  unassigned: { assignee: 'none', status: 'unsolved' },
  mine: { assignee: 'me', status: 'unsolved' },
  open: { status: 'unsolved' },
  solved: { status: 'solved' },
};

export function parseListSearch(search: Record<string, unknown>): ListSearch {
  return {
    view: oneOf(VIEWS, textOf(search, 'view')),
    status: oneOf(STATUS_FILTERS, textOf(search, 'status')),
    q: textOf(search, 'q')?.slice(0, 255),
    sort: oneOf(SORTS, textOf(search, 'sort')),
    page: textOf(search, 'page'),
  };
}

/** The view that an address without one shows; customers have none. */
export function viewOf(me: Me, { view }: ListSearch): View | undefined {
  return isStaff(me) ? (view ?? 'unassigned') : undefined;
}

export function sortOf({ sort }: ListSearch): Sort {
  return sort ?? '-updated_at';
}

/** From 1 up. */
export function pageOf({ page }: { page?: string | undefined }): number {
  const number = Number(page);
  return Number.isInteger(number) && number > 0 && number < 10_000 ? number : 1;
}

/** What to ask the server for this address. */
export function listQueryOf(me: Me, search: ListSearch): TicketsQuery {
  const view = viewOf(me, search);
  const { status: viewStatus, ...filter } = view ? VIEW_FILTERS[view] : {};
  const status = search.status ?? viewStatus;
  return {
    ...filter,
    ...(status && status !== 'any' && { status }),
    ...(search.q?.trim() && { search: search.q.trim() }),
    sort: sortOf(search),
    skip: (pageOf(search) - 1) * PAGE_SIZE,
    limit: PAGE_SIZE,
  };
}

/** How many tickets are in the view. */
export function countQueryOf(view: View): TicketsQuery {
  return { ...VIEW_FILTERS[view], limit: 1 };
}

function oneOf<Word extends string>(words: readonly Word[], text: string | undefined): Word | undefined {
  return words.find((word) => word === text);
}
