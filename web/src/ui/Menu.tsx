import { Menu as Base } from '@base-ui/react/menu';
import { type ReactElement, type ReactNode, useEffect, useRef } from 'react';
import { classes } from './classes.ts';

const ITEM =
  'flex min-h-9 w-full items-center gap-2.5 rounded-sm px-2.5 py-1.5 text-left outline-none select-none data-highlighted:bg-hover touch:min-h-11 [&>svg]:size-4 [&>svg]:text-soft';

/** Things to do, behind a button that is given as `trigger`. */
export function Menu({
  trigger,
  gesture,
  children,
  side = 'bottom',
  align = 'end',
}: {
  trigger: ReactElement<Record<string, unknown>>;
  /** What its button was pressed by before the menu was there: it opens as if it had been. */
  gesture: Event;
  children: ReactNode;
  side?: 'top' | 'bottom';
  align?: 'start' | 'end';
}) {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    button.current?.focus();
    button.current?.dispatchEvent(gesture);
  }, [gesture]);
  return (
    <Base.Root>
      <Base.Trigger ref={button} render={trigger} />
      <Base.Portal>
        <Base.Positioner side={side} align={align} sideOffset={6} className="z-30 outline-none">
          <Base.Popup className="min-w-48 rounded-md bg-raised p-1 shadow-raised ring-1 ring-line outline-none transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0">
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

interface MenuItemProps {
  onSelect?(): void;
  /** A link, where choosing it leads somewhere. */
  link?: ReactElement<Record<string, unknown>>;
  danger?: boolean;
  /** The menu stays open after it. */
  stays?: boolean;
  children: ReactNode;
}

export function MenuItem({ onSelect, link, danger, stays = false, children }: MenuItemProps) {
  return (
    <Base.Item
      {...(link && { render: link, nativeButton: false })}
      {...(onSelect && { onClick: onSelect })}
      closeOnClick={!stays}
      className={classes(ITEM, danger && 'text-urgent [&>svg]:text-urgent')}
    >
      {children}
    </Base.Item>
  );
}

export function MenuSeparator() {
  return <Base.Separator className="mx-1 my-1 h-px bg-line" />;
}
