import type { ReactNode } from 'react';

/** One sentence where there is nothing, and what to do about it. */
export function EmptyState({
  icon,
  children,
  action,
}: {
  icon?: ReactNode;
  children: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className="flex flex-col items-center gap-4 px-4 py-16 text-center text-soft">
      {icon && (
        <span aria-hidden className="text-faint [&>svg]:size-8 [&>svg]:stroke-[1.25]">
          {icon}
        </span>
      )}
      <p className="max-w-sm text-balance">{children}</p>
      {action}
    </div>
  );
}
