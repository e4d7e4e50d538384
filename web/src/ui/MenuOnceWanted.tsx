import {
  type ComponentProps,
  cloneElement,
  type KeyboardEvent,
  type ReactElement,
  type ReactNode,
  Suspense,
  useState,
} from 'react';

interface MenuOnceWantedProps {
  /** Stands alone until it is pressed. */
  button: ReactElement<ComponentProps<'button'>>;
  /** Fetches the menu: somebody is about to press. */
  load(): Promise<unknown>;
  /** The menu with its button, open from the start. For what loads lazily. */
  children: ReactNode;
}

/** The button of a menu. What makes menus work is fetched when somebody is about to press it. */
export function MenuOnceWanted({ button, load, children }: MenuOnceWantedProps) {
  const [wanted, setWanted] = useState(false);
  const waiting = cloneElement(button, {
    'aria-haspopup': 'menu',
    'aria-expanded': false,
    onPointerEnter: () => void load(),
    onFocus: () => void load(),
    onClick: () => setWanted(true),
    onKeyDown: (event: KeyboardEvent) => {
      if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
      event.preventDefault();
      setWanted(true);
    },
  });
  return wanted ? <Suspense fallback={waiting}>{children}</Suspense> : waiting;
}
