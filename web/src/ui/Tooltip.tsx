import { Tooltip as Base } from '@base-ui/react/tooltip';
import type { ReactElement } from 'react';

/** Shows `label` beside `children` on hover and focus; for eyes alone, so the child must say it as well. */
export function Tooltip({
  label,
  children,
}: {
  label: string;
  children: ReactElement<Record<string, unknown>>;
}) {
  return (
    <Base.Root
      // An Escape that takes it away is meant for the dialog that it stands in.
      onOpenChange={(_open, { reason, allowPropagation }) => {
        if (reason === 'escape-key') allowPropagation();
      }}
    >
      <Base.Trigger render={children} delay={500} />
      <Base.Portal>
        <Base.Positioner sideOffset={6} className="z-50">
          <Base.Popup
            aria-hidden
            className="max-w-72 rounded-sm bg-ink px-2 py-1 text-xs break-words text-ground shadow-raised"
          >
            {label}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
