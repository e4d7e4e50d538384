import { Upload } from 'lucide-react';
import { createPortal } from 'react-dom';
import { useTranslations } from 'use-intl';

/** Over the whole window while a pointer drags files across it: where they would go. The drop itself passes through. */
export function DropOverlay({ target }: { target: string }) {
  const t = useTranslations('files');
  return createPortal(
    <div
      aria-hidden
      className="pointer-events-none fixed inset-0 z-50 flex items-center justify-center bg-veil p-4"
    >
      <div className="flex max-w-full flex-col items-center gap-2 rounded-lg border-2 border-dashed border-accent bg-raised px-12 py-10 text-center shadow-raised max-sm:px-6">
        <Upload aria-hidden className="size-8 text-accent" strokeWidth={1.5} />
        <p className="text-lg font-semibold">{t('dropNow')}</p>
        <p className="break-words text-soft">{t('dropTarget', { target })}</p>
      </div>
    </div>,
    document.body,
  );
}
