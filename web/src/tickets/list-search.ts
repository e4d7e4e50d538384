import { textOf } from '../app/search-params.ts';

export interface ListSearch {
  view?: string | undefined;
  q?: string | undefined;
  page?: string | undefined;
}

export function parseListSearch(search: Record<string, unknown>): ListSearch {
  return { view: textOf(search, 'view'), q: textOf(search, 'q'), page: textOf(search, 'page') };
}
