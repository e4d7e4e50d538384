import { ShieldAlert, ShieldCheck, ShieldEllipsis, ShieldOff } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { Badge } from '../ui/Badge.tsx';
import { classes } from '../ui/classes.ts';
import type { Attachment } from './api.ts';
import { BlockedSign } from './BlockedSign.tsx';
import { isMalware, type Judged, standingOf } from './verdict.ts';

interface VerdictBadgeProps {
  file: Judged & Partial<Pick<Attachment, 'released'>>;
  /** Where there is no room for what goes without saying: "Scanned" is read out, and shown from a width of 28rem on. */
  tight?: boolean;
}

/** The badge as the last fact of a line: its dot comes and goes with it. */
export function VerdictFact(props: VerdictBadgeProps) {
  // Most verdicts come within this time: nothing flickers.
  const still = standingOf(props.file) === 'scanning';
  return (
    <span className={classes(still && 'animate-appear')}>
      {' · '}
      <VerdictBadge {...props} />
    </span>
  );
}

/** How a file stands with the virus scanner: a sign and a word, loud only where something is wrong. */
export function VerdictBadge({ file, tight = false }: VerdictBadgeProps) {
  const t = useTranslations('verdicts');
  const standing = standingOf(file);
  switch (standing) {
    case 'scanning':
      return (
        <Quiet sign={ShieldEllipsis} about={t('about.scanning')} className="whitespace-nowrap text-open">
          {t('scanning')}
        </Quiet>
      );
    case 'scanned':
      return (
        <Quiet sign={ShieldCheck} about={t('about.scanned')} className="whitespace-nowrap text-faint">
          <span className={classes(tight && 'sr-only @md:not-sr-only')}>{t('scanned')}</span>
        </Quiet>
      );
    case 'notScanned':
      return (
        <Quiet sign={ShieldOff} about={t('about.notScanned')} className="whitespace-nowrap text-faint">
          {t('notScanned')}
        </Quiet>
      );
    case 'released': {
      const { by, reason } = file.released ?? {};
      return (
        <Quiet
          sign={ShieldAlert}
          about={reason ? t('about.releasedBecause', { reason }) : t('about.released')}
          className="whitespace-normal text-pending"
        >
          {by ? t('releasedBy', { name: by.name }) : t('released')}
        </Quiet>
      );
    }
    case 'blocked':
      return (
        <Badge tone={isMalware(file) ? 'urgent' : 'pending'}>
          <BlockedSign file={file} className="size-3" />
          {t('blocked')}
        </Badge>
      );
  }
}

interface QuietProps {
  sign: typeof ShieldCheck;
  about: string;
  className: string;
  children: ReactNode;
}

/** In a line of text. */
function Quiet({ sign: Sign, about, className, children }: QuietProps) {
  return (
    <span title={about} className={className}>
      <Sign aria-hidden className="mr-1 -mt-0.5 inline size-3.5" />
      {children}
    </span>
  );
}
