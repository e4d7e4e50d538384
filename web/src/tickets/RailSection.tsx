import { ChevronRight } from 'lucide-react';
import { type ReactNode, useState, useSyncExternalStore } from 'react';

const WIDE = matchMedia('(min-width: 1100px)');

/** A part of the rail: open beside the conversation, folded above it where there is no room for a rail. */
export function RailSection({
  title,
  count,
  children,
}: {
  title: string;
  count?: number;
  children: ReactNode;
}) {
  const wide = useSyncExternalStore(subscribe, () => WIDE.matches);
  const [open, setOpen] = useState(false);
  return (
    <details
      open={wide || open}
      onToggle={(event) => wide || setOpen(event.currentTarget.open)}
      className="group rounded-lg bg-surface ring-1 ring-line min-[1100px]:bg-transparent min-[1100px]:ring-0"
    >
      <summary
        className="flex min-h-11 list-none items-center gap-2 rounded-lg px-3 font-semibold [&::-webkit-details-marker]:hidden min-[1100px]:pointer-events-none min-[1100px]:mb-2 min-[1100px]:min-h-0 min-[1100px]:px-0"
        {...(wide && { tabIndex: -1 })}
      >
        <ChevronRight
          aria-hidden
          className="size-4 text-soft transition-transform group-open:rotate-90 min-[1100px]:hidden"
        />
        {title}
        {count !== undefined && count > 0 && (
          <span className="font-normal text-faint tabular-nums min-[1100px]:hidden">{count}</span>
        )}
      </summary>
      <div className="px-3 pb-3 min-[1100px]:p-0">{children}</div>
    </details>
  );
}

function subscribe(listener: () => void): () => void {
  WIDE.addEventListener('change', listener);
  return () => WIDE.removeEventListener('change', listener);
}
