import { Tooltip as Base } from '@base-ui/react/tooltip';
import { type ReactElement, useState } from 'react';
import { lazily } from './lazily.ts';
import { OnceOpen } from './OnceOpen.tsx';

const TooltipPopup = lazily(() => import('./TooltipPopup.tsx'));

/** Shows `label` beside `children` on hover and focus; for eyes alone, so the child must say it as well. */
export function Tooltip({
  label,
  children,
}: {
  label: string;
  children: ReactElement<Record<string, unknown>>;
}) {
  const [open, setOpen] = useState(false);
  return (
    <Base.Root
      open={open}
      onOpenChange={(next, { reason, allowPropagation }) => {
        setOpen(next);
        // An Escape that takes it away is meant for the dialog that it stands in.
        if (reason === 'escape-key') allowPropagation();
      }}
    >
      <Base.Trigger render={children} delay={500} />
      <OnceOpen open={open}>
        <TooltipPopup label={label} />
      </OnceOpen>
    </Base.Root>
  );
}
