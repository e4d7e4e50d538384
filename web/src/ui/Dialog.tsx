import type { DialogProps } from './DialogWindow.tsx';
import { lazily } from './lazily.ts';
import { OnceOpen } from './OnceOpen.tsx';

const DialogWindow = lazily(() => import('./DialogWindow.tsx'));

/** A window over the page. Escape and the veil close it, and focus goes back to where it was. */
export function Dialog(props: DialogProps) {
  return (
    <OnceOpen open={props.open}>
      <DialogWindow {...props} />
    </OnceOpen>
  );
}
