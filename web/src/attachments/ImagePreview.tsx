import { Maximize, ZoomIn, ZoomOut } from 'lucide-react';
import { useRef, useState } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import { IconButton } from '../ui/IconButton.tsx';
import { NoPreview } from './NoPreview.tsx';
import { useLightboxKeys } from './use-lightbox-keys.ts';

const STEPS = [1, 1.5, 2, 3, 4, 6, 8];

/** An image that fits the window, and grows from there; `+`, `-` and `0` do the same as the buttons. */
export function ImagePreview({ src, name }: { src: string; name: string }) {
  const t = useTranslations('files');
  const format = useFormatter();
  const image = useRef<HTMLImageElement>(null);
  // Pixels across while it fits the window: what it grows from.
  const [fitting, setFitting] = useState(0);
  const [zoom, setZoom] = useState(1);
  const [failed, setFailed] = useState(false);

  const zoomTo = (next: number | undefined) => {
    if (next === undefined) return;
    if (zoom === 1) setFitting(image.current?.clientWidth ?? 0);
    setZoom(next);
  };
  // A step that is spent is not disabled outright: the button would lose focus.
  const larger = STEPS.find((step) => step > zoom);
  const smaller = STEPS.findLast((step) => step < zoom);
  useLightboxKeys((key) => {
    if (key === '+') zoomTo(larger);
    if (key === '-') zoomTo(smaller);
    if (key === '0') zoomTo(1);
  });

  if (failed) return <NoPreview failure="image" />;
  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      <section
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
        tabIndex={0}
        aria-label={name}
        {...(zoom > 1 && { 'data-own-arrows': '' })}
        className="flex min-h-0 flex-1 overflow-auto p-4"
        onDoubleClick={() => zoomTo(zoom === 1 ? 2 : 1)}
      >
        <img
          ref={image}
          src={src}
          alt={name}
          onError={() => setFailed(true)}
          {...(zoom > 1 && { style: { width: fitting * zoom } })}
          className={zoom > 1 ? 'm-auto max-w-none shrink-0' : 'm-auto max-h-full max-w-full object-contain'}
        />
      </section>
      <div className="absolute bottom-4 left-1/2 flex -translate-x-1/2 items-center rounded-md bg-raised p-1 shadow-raised ring-1 ring-line">
        <IconButton
          label={t('zoomOut')}
          icon={<ZoomOut />}
          aria-disabled={!smaller}
          onClick={() => zoomTo(smaller)}
        />
        <span role="status" className="w-14 text-center text-sm tabular-nums">
          {format.number(zoom, { style: 'percent' })}
        </span>
        <IconButton
          label={t('zoomIn')}
          icon={<ZoomIn />}
          aria-disabled={!larger}
          onClick={() => zoomTo(larger)}
        />
        <IconButton
          label={t('zoomFit')}
          icon={<Maximize />}
          aria-disabled={zoom === 1}
          onClick={() => zoomTo(1)}
        />
      </div>
    </div>
  );
}
