import { TriangleAlert } from 'lucide-react';
import { useMessages, useTranslations } from 'use-intl';
import { useSize } from '../messages/size.ts';
import { TimeAgo } from '../ui/TimeAgo.tsx';
import type { Attachment } from './api.ts';
import { VerdictFact } from './VerdictBadge.tsx';
import { wasBlocked } from './verdict.ts';

/** How big, by whom, when, and whether it was scanned: one line that wraps. */
export function FileFacts({ attachment }: { attachment: Attachment }) {
  const size = useSize();
  return (
    <p className="text-sm text-soft tabular-nums">
      {size(attachment.file_size)} · <bdi>{attachment.uploader.name}</bdi> ·{' '}
      <span className="whitespace-nowrap">
        <TimeAgo at={attachment.created_at} style="long" />
        <InLine file={attachment} />
      </span>
    </p>
  );
}

/** Under a message, where who and when are told above. */
export function MessageFileFacts({ attachment }: { attachment: Attachment }) {
  const size = useSize();
  return (
    <span className="text-sm text-soft tabular-nums">
      {size(attachment.file_size)}
      <InLine file={attachment} />
    </span>
  );
}

/** What is blocked is told beneath, with the reason. */
function InLine({ file }: { file: Attachment }) {
  return wasBlocked(file) ? null : <VerdictFact file={file} tight />;
}

/** What to be careful about; nothing for most files. */
export function FileDoubts({ attachment }: { attachment: Attachment }) {
  const t = useTranslations('files');
  const known = useMessages().files.warning;
  const isKnown = (code: string): code is keyof typeof known => Object.hasOwn(known, code);
  // Where it is blocked for this, that says it.
  const saidAlready = wasBlocked(attachment) && attachment.virus_scan_result;
  const warnings = attachment.warnings.filter((code) => code !== saidAlready);
  if (warnings.length === 0) return null;
  return (
    <span className="flex items-start gap-1.5 text-sm text-pending">
      <TriangleAlert aria-hidden className="mt-0.75 size-3.5 shrink-0" />
      <span className="min-w-0">
        {warnings.map((code) => t(`warning.${isKnown(code) ? code : 'other'}`)).join(' · ')}
      </span>
    </span>
  );
}
