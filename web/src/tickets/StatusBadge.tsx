import { useTranslations } from 'use-intl';
import type { TicketStatus } from '../api/client.ts';
import { Badge } from '../ui/Badge.tsx';

export function StatusBadge({ status }: { status: TicketStatus }) {
  const t = useTranslations('tickets');
  return <Badge tone={status}>{t(`status.${status}`)}</Badge>;
}
