import { lazily } from '../ui/lazily.ts';
import { OnceOpen } from '../ui/OnceOpen.tsx';
import type { LightboxProps } from './LightboxWindow.tsx';

const LightboxWindow = lazily(() => import('./LightboxWindow.tsx'));

/** Shows files over the whole window. Arrow keys go to the neighbours, Escape closes, and focus returns to where it was. */
export function Lightbox(props: LightboxProps) {
  return (
    <OnceOpen open={props.shown !== null}>
      <LightboxWindow {...props} />
    </OnceOpen>
  );
}
