import { Link } from '@tanstack/react-router';
import { ChevronLeft, ChevronRight } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { buttonClasses } from '../ui/Button.tsx';
import { type ListSearch, PAGE_SIZE, pageOf } from './list-search.ts';

/** From page to page, where there is more than one. */
export function Pages({ search, total }: { search: ListSearch; total: number }) {
  const t = useTranslations('tickets');
  const page = pageOf(search);
  const last = Math.ceil(total / PAGE_SIZE);
  if (last <= 1) return null;
  const from = (page - 1) * PAGE_SIZE + 1;
  const at = (number: number): ListSearch => ({ ...search, page: number === 1 ? undefined : String(number) });
  return (
    <nav aria-label={t('pages')} className="mt-4 flex items-center justify-between gap-3">
      <span className="text-soft tabular-nums">
        {t('range', { from, to: Math.min(total, page * PAGE_SIZE), total })}
      </span>
      <span className="flex gap-2">
        {page > 1 && (
          <Link to="/tickets" search={at(page - 1)} className={buttonClasses()}>
            <ChevronLeft aria-hidden className="size-4" />
            {t('previousPage')}
          </Link>
        )}
        {page < last && (
          <Link to="/tickets" search={at(page + 1)} className={buttonClasses()}>
            {t('nextPage')}
            <ChevronRight aria-hidden className="size-4" />
          </Link>
        )}
      </span>
    </nav>
  );
}
