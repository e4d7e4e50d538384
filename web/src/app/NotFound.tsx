import { Link } from '@tanstack/react-router';
import { Compass } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { buttonClasses } from '../ui/Button.tsx';
import { EmptyState } from '../ui/EmptyState.tsx';
import { usePageTitle } from './page-title.ts';

/** For addresses that lead nowhere. */
export function NotFound() {
  const t = useTranslations('common');
  usePageTitle(t('notFoundTitle'));
  return (
    <main className="mx-auto max-w-xl p-6">
      <h1 className="sr-only">{t('notFoundTitle')}</h1>
      <EmptyState
        icon={<Compass />}
        action={
          <Link to="/tickets" className={buttonClasses()}>
            {t('backToTickets')}
          </Link>
        }
      >
        {t('notFoundText')}
      </EmptyState>
    </main>
  );
}
