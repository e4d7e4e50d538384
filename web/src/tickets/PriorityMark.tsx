import { useTranslations } from 'use-intl';
import type { TicketPriority } from '../api/client.ts';
import { Badge } from '../ui/Badge.tsx';

/** Colour is for what cannot wait; `quiet` leaves out what can. */
export function PriorityMark({ priority, quiet = false }: { priority: TicketPriority; quiet?: boolean }) {
  const t = useTranslations('tickets');
  if (priority === 'urgent' || priority === 'high') {
    return <Badge tone={priority}>{t(`priority.${priority}`)}</Badge>;
  }
  if (quiet) return null;
  return <span className="text-soft">{t(`priority.${priority}`)}</span>;
}
