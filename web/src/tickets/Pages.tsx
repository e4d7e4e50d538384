import { ChevronLeft, ChevronRight } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { buttonClasses } from '../ui/Button.tsx';
import { PAGE_SIZE } from './list-search.ts';

interface PagesProps {
  page: number;
  total: number;
  /** A link to a page of the same list. */
  link(page: number, className: string, children: ReactNode): ReactNode;
}

/** From page to page, where there is more than one. */
export function Pages({ page, total, link }: PagesProps) {
  const t = useTranslations('tickets');
  const last = Math.ceil(total / PAGE_SIZE);
  if (last <= 1) return null;
  const from = (page - 1) * PAGE_SIZE + 1;
  return (
    <nav aria-label={t('pages')} className="mt-4 flex items-center justify-between gap-3">
      <span className="text-soft tabular-nums">
        {t('range', { from, to: Math.min(total, page * PAGE_SIZE), total })}
      </span>
      <span className="flex gap-2">
        {page > 1 &&
          link(
            page - 1,
            buttonClasses(),
            <>
              <ChevronLeft aria-hidden className="size-4" />
              {t('previousPage')}
            </>,
          )}
        {page < last &&
          link(
            page + 1,
            buttonClasses(),
            <>
              {t('nextPage')}
              <ChevronRight aria-hidden className="size-4" />
            </>,
          )}
      </span>
    </nav>
  );
}
