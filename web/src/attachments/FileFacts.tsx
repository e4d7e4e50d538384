import { ShieldAlert, TriangleAlert } from 'lucide-react';
import { useFormatter, useMessages, useTranslations } from 'use-intl';
import { useSize } from '../messages/size.ts';
import { Badge } from '../ui/Badge.tsx';
import type { Attachment } from './api.ts';

/** How big, by whom, when: one line that wraps. */
export function FileFacts({ attachment, now }: { attachment: Attachment; now: Date }) {
  const format = useFormatter();
  const size = useSize();
  const created = new Date(attachment.created_at);
  return (
    <p className="text-sm text-soft tabular-nums">
      {size(attachment.file_size)} · <bdi>{attachment.uploader.name}</bdi> ·{' '}
      <time
        dateTime={attachment.created_at}
        title={format.dateTime(created, { dateStyle: 'full', timeStyle: 'short' })}
      >
        {format.relativeTime(created, now)}
      </time>
    </p>
  );
}

/** What to be careful about; nothing for most files. */
export function FileDoubts({
  attachment: { virus_scan_status: verdict, warnings },
}: {
  attachment: Attachment;
}) {
  const t = useTranslations('files');
  const known = useMessages().files.warning;
  const isKnown = (code: string): code is keyof typeof known => Object.hasOwn(known, code);
  const told = verdict !== 'clean' && verdict !== 'skipped';
  if (!told && warnings.length === 0) return null;
  return (
    <p className="flex flex-wrap gap-1">
      {told && (
        <Badge tone={verdict === 'pending' ? 'open' : verdict === 'unscannable' ? 'pending' : 'urgent'}>
          <ShieldAlert aria-hidden />
          {t(`scan.${verdict}`)}
        </Badge>
      )}
      {warnings.map((code) => (
        <Badge key={code} tone="pending">
          <TriangleAlert aria-hidden />
          {t(`warning.${isKnown(code) ? code : 'other'}`)}
        </Badge>
      ))}
    </p>
  );
}
