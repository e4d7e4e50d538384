import { Link } from '@tanstack/react-router';
import { Inbox } from 'lucide-react';
import { useTranslations } from 'use-intl';
import type { Me } from '../api/client.ts';
import { NAV_LINK } from '../ui/nav-link.ts';

export function TicketViews({ me }: { me: Me }) {
  const t = useTranslations('tickets');
  return (
    <Link to="/tickets" search={{}} activeOptions={{ exact: true }} className={NAV_LINK}>
      <Inbox aria-hidden />
      {me.role === 'customer' ? t('mine') : t('title')}
    </Link>
  );
}
