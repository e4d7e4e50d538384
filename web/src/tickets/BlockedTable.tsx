import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Download, ScanSearch } from 'lucide-react';
import type { Ref } from 'react';
import { useTranslations } from 'use-intl';
import { FILES, STAGING } from '../api/attachments.ts';
import type { BlockedAttachment } from '../api/client.ts';
import { BlockedSign, FileName, policyQuery, useVerdictWords } from '../attachments/index.ts';
import { Button } from '../ui/Button.tsx';
import { classes } from '../ui/classes.ts';
import { IconButton, IconLink } from '../ui/IconButton.tsx';
import { TimeAgo } from '../ui/TimeAgo.tsx';

interface BlockedTableProps {
  files: BlockedAttachment[];
  /** The files are those of the page before. */
  stale: boolean;
  onRelease(file: BlockedAttachment): void;
  onRescan(file: BlockedAttachment): void;
  ref?: Ref<HTMLTableElement>;
}

const HEAD = 'h-9 border-b border-line px-3 text-left text-xs font-medium text-soft';
// Where there is no room, the cells of a row stand one beneath the other.
const ROW =
  'max-lg:flex max-lg:flex-col max-lg:gap-1.5 max-lg:border-b max-lg:border-line max-lg:px-4 max-lg:py-3 max-lg:last:border-b-0 lg:[&:last-child>td]:border-b-0';
const CELL = 'min-w-0 max-lg:block lg:border-b lg:border-line lg:px-3 lg:py-3 lg:align-top';

/** Blocked files, a row each. */
export function BlockedTable({ files, stale, onRelease, onRescan, ref }: BlockedTableProps) {
  const t = useTranslations('verdicts.view');
  const { data: policy } = useQuery(policyQuery(STAGING));
  return (
    <div className="rounded-lg bg-surface ring-1 ring-line">
      <table
        ref={ref}
        aria-busy={stale}
        className={classes(
          'w-full table-fixed border-separate border-spacing-0 transition-opacity max-lg:block',
          stale && 'opacity-60',
        )}
      >
        <caption className="sr-only">{t('title')}</caption>
        <thead className="sr-only lg:not-sr-only lg:table-header-group">
          <tr>
            <th className={classes(HEAD, 'pl-4')}>{t('file')}</th>
            <th className={classes(HEAD, 'w-[24%]')}>{t('why')}</th>
            <th className={classes(HEAD, 'w-[17%]')}>{t('ticket')}</th>
            <th className={classes(HEAD, 'w-28')}>{t('sender')}</th>
            <th className={classes(HEAD, 'w-28')}>{t('when')}</th>
            <th className={classes(HEAD, 'w-44 pr-4 text-right')}>{t('actions')}</th>
          </tr>
        </thead>
        <tbody className="max-lg:block">
          {files.map((file) => (
            <tr key={file.id} data-file={file.id} className={ROW}>
              <td className={classes(CELL, 'flex font-medium lg:table-cell lg:pl-4')}>
                <FileName name={file.file_name} />
              </td>
              <td className={classes(CELL, 'text-soft wrap-anywhere')}>
                <Why file={file} />
              </td>
              <td className={CELL}>
                <Link
                  to="/tickets/$ticketId"
                  params={{ ticketId: file.ticket.id }}
                  data-ticket
                  data-row-focus
                  className="rounded-sm break-words text-accent hover:underline"
                >
                  {t('onTicket', { number: String(file.ticket.number), subject: file.ticket.subject })}
                </Link>
              </td>
              <td className={classes(CELL, 'truncate')}>
                <span className="text-soft lg:sr-only">{t('sender')} </span>
                {file.uploader.name}
              </td>
              <td className={classes(CELL, 'whitespace-nowrap text-soft tabular-nums')}>
                <span className="lg:sr-only">{t('when')} </span>
                <TimeAgo at={file.virus_scan_timestamp ?? file.created_at} />
              </td>
              <td className={classes(CELL, 'lg:py-1.5 lg:pr-4')}>
                <Actions
                  file={file}
                  scanning={policy?.scanning === true}
                  onRelease={onRelease}
                  onRescan={onRescan}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Why({ file }: { file: BlockedAttachment }) {
  const words = useVerdictWords();
  return (
    <>
      <BlockedSign file={file} className="mr-1.5 -mt-0.5 inline size-4" />
      {words.found(file)}
    </>
  );
}

interface ActionsProps extends Pick<BlockedTableProps, 'onRelease' | 'onRescan'> {
  file: BlockedAttachment;
  /** There is a scanner. */
  scanning: boolean;
}

function Actions({ file, scanning, onRelease, onRescan }: ActionsProps) {
  const t = useTranslations('verdicts');
  const files = useTranslations('files');
  const { file_name: name, can } = file;
  return (
    <span className="flex items-center gap-1 lg:justify-end">
      {can.download && (
        <IconLink
          plain
          label={files('download', { name })}
          icon={<Download aria-hidden />}
          href={FILES.downloadUrl(file)}
          download={name}
        />
      )}
      {can.rescan && scanning && (
        <IconButton
          plain
          label={t('rescanNamed', { name })}
          icon={<ScanSearch />}
          onClick={() => onRescan(file)}
        />
      )}
      {can.release && (
        <Button aria-label={t('releaseNamed', { name })} onClick={() => onRelease(file)}>
          {t('release')}
        </Button>
      )}
    </span>
  );
}
