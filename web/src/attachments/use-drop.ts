import { type RefObject, useEffect, useRef, useState } from 'react';
import { type Dropped, droppedFiles } from './drop.ts';

/** Where files that are being dragged would go: to the page at large, or to the zone beneath the pointer. */
export type Dragging = 'page' | 'zone' | null;

interface DropTarget {
  zone: RefObject<HTMLElement | null>;
  /** Whether it takes what is dropped beside any zone, too. One place on a page should. */
  wholePage: boolean;
  onDrop(dropped: Dropped): void;
  onUnreadable(): void;
}

export const ZONE = 'data-drop-zone';

/**
 * Takes files dropped on `zone`, or anywhere on the page but another zone. A drop that nobody takes is stopped too:
 * the browser would leave the page and open the file in its place.
 */
export function useDrop(target: DropTarget): Dragging {
  const [dragging, setDragging] = useState<Dragging>(null);
  const latest = useRef(target);
  latest.current = target;

  useEffect(() => {
    let fromThisPage = false;
    const placeOf = (event: DragEvent): Dragging => {
      const { zone, wholePage } = latest.current;
      const over = event.target instanceof Element ? event.target.closest(`[${ZONE}]`) : null;
      if (over && over === zone.current) return 'zone';
      return wholePage && !over ? 'page' : null;
    };
    const leaving = new AbortController();
    const { signal } = leaving;
    // A picture of the page itself, dragged, calls itself a file as well.
    window.addEventListener('dragstart', () => (fromThisPage = true), { signal });
    window.addEventListener('dragend', () => (fromThisPage = false), { signal });
    window.addEventListener(
      'dragover',
      (event) => {
        if (!hasFiles(event) || fromThisPage) return;
        event.preventDefault();
        const place = placeOf(event);
        if (event.dataTransfer && place) event.dataTransfer.dropEffect = 'copy';
        setDragging(place);
      },
      { signal },
    );
    window.addEventListener('dragleave', (event) => event.relatedTarget ?? setDragging(null), { signal });
    window.addEventListener(
      'drop',
      (event) => {
        if (!hasFiles(event) || fromThisPage) return;
        event.preventDefault();
        setDragging(null);
        if (!event.dataTransfer || !placeOf(event)) return;
        droppedFiles(event.dataTransfer).then(
          (dropped) => latest.current.onDrop(dropped),
          () => latest.current.onUnreadable(),
        );
      },
      { signal },
    );
    return () => leaving.abort();
  }, []);

  return dragging;
}

function hasFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes('Files') ?? false;
}
