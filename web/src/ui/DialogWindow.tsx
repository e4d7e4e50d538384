import { Dialog as Base } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import type { ReactNode, RefObject } from 'react';
import { useTranslations } from 'use-intl';
import { classes } from './classes.ts';
import { IconButton } from './IconButton.tsx';

export interface DialogProps {
  open: boolean;
  onOpenChange(open: boolean): void;
  title: string;
  description?: ReactNode;
  /** Where focus goes on opening; else the first control. */
  initialFocus?: RefObject<HTMLElement | null>;
  /** Where focus goes when it closes; else back to where it was. */
  finalFocus?: () => HTMLElement | null;
  className?: string;
  children?: ReactNode;
}

/** What `Dialog` shows. */
export default function DialogWindow({
  open,
  onOpenChange,
  title,
  description,
  initialFocus,
  finalFocus,
  className,
  children,
}: DialogProps) {
  const t = useTranslations('common');
  return (
    <Base.Root open={open} onOpenChange={onOpenChange}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-veil transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Base.Popup
          {...(initialFocus && { initialFocus })}
          {...(finalFocus && { finalFocus })}
          className={classes(
            'fixed top-[12vh] left-1/2 z-40 flex max-h-[80vh] w-[calc(100vw-2rem)] max-w-lg -translate-x-1/2 flex-col overflow-y-auto rounded-lg bg-raised p-5 shadow-raised ring-1 ring-line transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0',
            className,
          )}
        >
          <div className="mb-4 flex items-start justify-between gap-4">
            <Base.Title className="text-lg font-semibold">{title}</Base.Title>
            <Base.Close render={<IconButton label={t('close')} icon={<X />} className="-mt-1 -mr-2" />} />
          </div>
          {description && <Base.Description className="mb-4 text-soft">{description}</Base.Description>}
          {children}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
