import { Ellipsis, Scale } from 'lucide-react';
import { type ComponentProps, lazy } from 'react';
import { useTranslations } from 'use-intl';
import { HoldWords } from '../legal-hold/HoldWords.tsx';
import { useHolding } from '../legal-hold/use-holding.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { MenuOnceWanted } from '../ui/MenuOnceWanted.tsx';
import { TimeAgo } from '../ui/TimeAgo.tsx';
import type { Attachment } from './api.ts';
import type { LegalHoldActionsProps } from './LegalHold.tsx';

const load = () => import('./FileHoldMenu.tsx');
const FileHoldMenu = lazy(load);

interface HoldLineProps {
  hold: NonNullable<Attachment['legal_hold']>;
}

/** For the desk: that a file is kept from being purged, by whom and why. */
export function HoldLine(props: HoldLineProps) {
  return (
    <HoldWords>
      <Line {...props} />
    </HoldWords>
  );
}

function Line({ hold: { at, by, reason } }: HoldLineProps) {
  const t = useTranslations('holds');
  return (
    <p className="flex items-start gap-1.5 text-sm text-soft">
      <Scale aria-hidden className="mt-0.75 size-3.5 shrink-0" />
      <span className="min-w-0 break-words">
        {t('file.held')} · <bdi>{by.name}</bdi> · <TimeAgo at={at} style="long" />
        <span className="block whitespace-pre-wrap">{reason}</span>
      </span>
    </p>
  );
}

/** What an admin does about a file's legal hold, behind three dots: it is rare, and files are many. */
export function HoldActions(props: LegalHoldActionsProps) {
  return (
    <HoldWords>
      <Actions {...props} />
    </HoldWords>
  );
}

function Actions({ api, file, onChanged }: LegalHoldActionsProps) {
  const { id, file_name: name, legal_hold: hold } = file;
  const { ask, dialog } = useHolding({
    kind: 'file',
    name,
    reason: hold?.reason ?? null,
    hold: async (reason) => onChanged(await api.hold(id, reason)),
    lift: async (reason) => onChanged(await api.liftHold(id, reason)),
  });
  return (
    <>
      <MenuOnceWanted button={<MoreButton name={name} />} load={load}>
        {(gesture) => (
          <FileHoldMenu
            button={<MoreButton name={name} />}
            gesture={gesture}
            held={hold !== null}
            ask={ask}
          />
        )}
      </MenuOnceWanted>
      {dialog}
    </>
  );
}

function MoreButton({ name, ...rest }: ComponentProps<'button'> & { name: string }) {
  const t = useTranslations('holds');
  return <IconButton plain label={t('file.more', { name })} icon={<Ellipsis />} {...rest} />;
}
