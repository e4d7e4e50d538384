import { TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { useMessages, useTranslations } from 'use-intl';
import { useSize } from '../messages/size.ts';
import { classes } from '../ui/classes.ts';
import { TimeAgo } from '../ui/TimeAgo.tsx';
import type { Attachment } from './api.ts';

/** How big, by whom, when: one line that wraps. */
export function FileFacts({ attachment }: { attachment: Attachment }) {
  const size = useSize();
  return (
    <p className="text-sm text-soft tabular-nums">
      {size(attachment.file_size)} · <bdi>{attachment.uploader.name}</bdi> ·{' '}
      <TimeAgo at={attachment.created_at} style="long" />
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
  return (
    <>
      {verdict !== 'clean' && verdict !== 'skipped' && (
        <Doubt className={VERDICT_COLOURS[verdict]}>{t(`scan.${verdict}`)}</Doubt>
      )}
      {warnings.length > 0 && (
        <Doubt className="text-pending">
          {warnings.map((code) => t(`warning.${isKnown(code) ? code : 'other'}`)).join(' · ')}
        </Doubt>
      )}
    </>
  );
}

const VERDICT_COLOURS = {
  pending: 'text-open',
  unscannable: 'text-pending',
  infected: 'text-urgent',
  quarantined: 'text-urgent',
};

function Doubt({ className, children }: { className: string; children: ReactNode }) {
  return (
    <span className={classes('flex items-start gap-1.5 text-sm', className)}>
      <TriangleAlert aria-hidden className="mt-0.75 size-3.5 shrink-0" />
      <span className="min-w-0">{children}</span>
    </span>
  );
}
