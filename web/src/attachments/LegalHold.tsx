import { lazy, Suspense } from 'react';
import type { Attachment, AttachmentsApi } from './api.ts';

/** Most people never see any of it. */
const load = () => import('./FileHold.tsx');
const Line = lazy(async () => ({ default: (await load()).HoldLine }));
const Actions = lazy(async () => ({ default: (await load()).HoldActions }));

/** That a file is under legal hold, for those who are told. */
export function LegalHold({ file: { legal_hold: hold } }: { file: Attachment }) {
  return <Suspense>{hold && <Line hold={hold} />}</Suspense>;
}

export interface LegalHoldActionsProps {
  api: Pick<AttachmentsApi, 'hold' | 'liftHold'>;
  file: Attachment;
  onChanged(file: Attachment): void;
}

/** What may be done about it, for those who may. */
export function LegalHoldActions(props: LegalHoldActionsProps) {
  return <Suspense>{props.file.can.hold && <Actions {...props} />}</Suspense>;
}
