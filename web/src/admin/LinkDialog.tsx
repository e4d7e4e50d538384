import { useFormatter, useTranslations } from 'use-intl';
import { Copyable } from '../ui/Copyable.tsx';
import { Dialog } from '../ui/Dialog.tsx';

/** A link by which somebody sets their password; it is shown this once. */
export interface MadeLink {
  name: string;
  url: string;
  expiresAt: string;
}

export function LinkDialog({ link, onClose }: { link: MadeLink | undefined; onClose(): void }) {
  const t = useTranslations('admin');
  const format = useFormatter();
  const until =
    link && format.dateTime(new Date(link.expiresAt), { dateStyle: 'medium', timeStyle: 'short' });
  return (
    <Dialog
      open={link !== undefined}
      onOpenChange={(open) => open || onClose()}
      title={t('link.title', { name: link?.name ?? '' })}
      description={t('link.advice', { until: until ?? '' })}
    >
      {link && <Copyable text={link.url} label={t('link.label')} />}
    </Dialog>
  );
}
