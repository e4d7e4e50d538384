import { TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { ReasonDialog } from '../ui/ReasonDialog.tsx';
import { TimeAgo } from '../ui/TimeAgo.tsx';
import type { Attachment, AttachmentsApi } from './api.ts';
import { FileName } from './FileName.tsx';
import { isMalware } from './verdict.ts';
import { useVerdictWords } from './verdict-words.ts';

interface ReleaseDialogProps {
  api: Pick<AttachmentsApi, 'release'>;
  file: Attachment;
  open: boolean;
  onOpenChange(open: boolean): void;
  onReleased(file: Attachment): void;
  focusAfter(): HTMLElement | null;
}

/** Asks why before a blocked file is given out, with what speaks against it. */
export default function ReleaseDialog({ api, file, onReleased, focusAfter, ...dialog }: ReleaseDialogProps) {
  const t = useTranslations('verdicts');
  const words = useVerdictWords();
  const malware = isMalware(file);
  return (
    <ReasonDialog
      {...dialog}
      title={t('dialog.title')}
      finalFocus={focusAfter}
      look="danger"
      words={{
        reason: t('dialog.reason'),
        hint: t('dialog.reasonHint'),
        missing: t('dialog.enterReason'),
        submit: t('release'),
      }}
      submit={async (reason) => onReleased(await api.release(file.id, reason))}
    >
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1">
        <Fact term={t('dialog.file')}>
          <FileName name={file.file_name} />
        </Fact>
        <Fact term={t('dialog.found')}>
          <span className="break-words">{words.found(file)}</span>
        </Fact>
        <Fact term={t('dialog.sender')}>
          <bdi>{file.uploader.name}</bdi>
          {' · '}
          <TimeAgo at={file.created_at} style="long" />
        </Fact>
      </dl>
      <p className={malware ? 'flex gap-2 text-urgent' : 'flex gap-2 text-pending'}>
        <TriangleAlert aria-hidden className="mt-0.75 size-4 shrink-0" />
        <span className="min-w-0">{t(malware ? 'dialog.warnMalware' : 'dialog.warnUnscannable')}</span>
      </p>
    </ReasonDialog>
  );
}

function Fact({ term, children }: { term: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-soft">{term}</dt>
      <dd className="min-w-0">{children}</dd>
    </>
  );
}
