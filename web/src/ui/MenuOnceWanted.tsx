import {
  type ComponentProps,
  cloneElement,
  type KeyboardEvent,
  type MouseEvent,
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
  /** The menu with its button, for what it was pressed by. For what loads lazily. */
  children(gesture: Event): ReactNode;
}

/** The button of a menu. What makes menus work is fetched when somebody is about to press it. */
export function MenuOnceWanted({ button, load, children }: MenuOnceWantedProps) {
  const [gesture, setGesture] = useState<Event>();
  const waiting = cloneElement(button, {
    'aria-haspopup': 'menu',
    'aria-expanded': false,
    onPointerEnter: () => void load(),
    onFocus: () => void load(),
    onClick: ({ detail }: MouseEvent) =>
      setGesture(new window.MouseEvent('click', { bubbles: true, detail })),
    onKeyDown: (event: KeyboardEvent) => {
      const { key } = event;
      if (key !== 'ArrowDown' && key !== 'ArrowUp') return;
      event.preventDefault();
      setGesture(new window.KeyboardEvent('keydown', { bubbles: true, cancelable: true, key }));
    },
  });
  return gesture ? <Suspense fallback={waiting}>{children(gesture)}</Suspense> : waiting;
}
