import { Link } from '@tanstack/react-router';
import { ArrowDown, ArrowUp } from 'lucide-react';
import type { ReactNode } from 'react';
import { type ListSearch, type Sort, sortOf } from './list-search.ts';

interface SortHeaderProps {
  column: 'created_at' | 'updated_at' | 'priority';
  search: ListSearch;
  className: string;
  children: ReactNode;
}

/** A column's head that sorts by it: the latest or most urgent first, and the other way round the second time. */
export function SortHeader({ column, search, className, children }: SortHeaderProps) {
  const sort = sortOf(search);
  const [down, up]: [Sort, Sort] = [`-${column}`, column];
  const sorted = sort === down ? 'descending' : sort === up ? 'ascending' : undefined;
  return (
    <th className={className} aria-sort={sorted}>
      <Link
        to="/tickets"
        search={{ ...search, sort: sort === down ? up : down, page: undefined }}
        className="inline-flex items-center gap-1 rounded-sm hover:text-ink"
      >
        {children}
        {sorted === 'descending' && <ArrowDown aria-hidden className="size-3.5" />}
        {sorted === 'ascending' && <ArrowUp aria-hidden className="size-3.5" />}
      </Link>
    </th>
  );
}
