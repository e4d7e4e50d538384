import { Link } from '@tanstack/react-router';
import { HardDrive, Plus, Users } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { TicketViews } from '../tickets/TicketViews.tsx';
import { buttonClasses } from '../ui/Button.tsx';
import { Logo } from '../ui/Logo.tsx';
import { NAV_LINK } from '../ui/nav-link.ts';
import { AccountMenu } from './AccountMenu.tsx';
import { useMe } from './session.ts';

/** Where one can go from everywhere. */
export function Sidebar({ close }: { close?: ReactNode }) {
  const t = useTranslations('common');
  const tickets = useTranslations('tickets');
  const me = useMe();
  return (
    <div className="flex h-full flex-col gap-5 overflow-y-auto p-3">
      <div className="flex items-center justify-between px-2 pt-2">
        <Link to="/tickets" aria-label={t('productName')} className="rounded-sm">
          <Logo />
        </Link>
        {close}
      </div>
      <Link to="/tickets/new" className={buttonClasses('primary')}>
        <Plus aria-hidden className="size-4" />
        {tickets('newTicket')}
      </Link>
      <nav aria-label={t('mainNavigation')} className="flex flex-col gap-0.5">
        <TicketViews me={me} />
        {me.role === 'admin' && (
          <>
            <Link to="/admin/people" className={`${NAV_LINK} mt-4`}>
              <Users aria-hidden />
              {t('people')}
            </Link>
            <Link to="/admin/storage" className={NAV_LINK}>
              <HardDrive aria-hidden />
              {t('storage')}
            </Link>
          </>
        )}
      </nav>
      <div className="mt-auto">
        <AccountMenu me={me} />
      </div>
    </div>
  );
}
