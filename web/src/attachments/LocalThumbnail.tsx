import { useEffect, useRef, useState } from 'react';
import type { ChosenFile } from './chosen-file.ts';
import { TypeIcon } from './TypeIcon.tsx';

const HEIGHT = 80;

/** A small picture of a file that is still here; the sign of its type where it is none. Drawn small, to spare memory. */
export function LocalThumbnail({ file }: { file: ChosenFile }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [drawn, setDrawn] = useState(false);
  useEffect(() => {
    if (!(file instanceof File) || !file.type.startsWith('image/')) return;
    let gone = false;
    createImageBitmap(file, { resizeHeight: HEIGHT, resizeQuality: 'medium' }).then(
      (picture) => {
        const { current } = canvas;
        if (!gone && current) {
          current.width = picture.width;
          current.height = picture.height;
          current.getContext('2d')?.drawImage(picture, 0, 0);
          setDrawn(true);
        }
        picture.close();
      },
      // What the browser cannot draw keeps its sign; the server says whether it is damaged.
      () => undefined,
    );
    return () => {
      gone = true;
    };
  }, [file]);
  return (
    <span
      aria-hidden
      className="relative flex size-10 shrink-0 items-center justify-center overflow-hidden rounded-sm bg-sunken ring-1 ring-line ring-inset"
    >
      {!drawn && <TypeIcon type={file.type || file.name} />}
      <canvas ref={canvas} hidden={!drawn} className="size-full object-cover" />
    </span>
  );
}
