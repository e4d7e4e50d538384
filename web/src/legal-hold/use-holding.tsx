import { type ReactNode, useState } from 'react';
import { useTranslations } from 'use-intl';
import { OnceOpen } from '../ui/OnceOpen.tsx';
import { useToast } from '../ui/Toaster.tsx';
import { type Act, HoldDialog } from './HoldDialog.tsx';

interface Held {
  kind: 'ticket' | 'file';
  /** What people call it. */
  name: string;
  /** Why it is held; null where it is not. */
  reason: string | null;
  /** Holds it, or gives its hold another reason. */
  hold(reason: string): Promise<void>;
  lift(reason: string): Promise<void>;
  /** What takes focus afterwards, where what was pressed goes with its purpose. */
  focusAfter?(): HTMLElement | null;
}

/** Puts something under legal hold, or lifts that: `ask` opens `dialog`, which asks why. */
export function useHolding({ hold, lift, ...held }: Held): { ask(act: Act): void; dialog: ReactNode } {
  const t = useTranslations('holds');
  const toast = useToast();
  const [act, setAct] = useState<Act>('put');
  const [open, setOpen] = useState(false);
  return {
    ask(asked) {
      setAct(asked);
      setOpen(true);
    },
    dialog: (
      <OnceOpen open={open}>
        <HoldDialog
          {...held}
          act={act}
          open={open}
          onOpenChange={setOpen}
          submit={async (reason) => {
            await (act === 'lift' ? lift(reason) : hold(reason));
            setOpen(false);
            toast({ title: t(`done.${act}`, { name: held.name }) });
          }}
        />
      </OnceOpen>
    ),
  };
}
