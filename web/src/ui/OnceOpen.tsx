import { type ReactNode, Suspense, useRef } from 'react';

/** Mounts what opens when it first does, and keeps it then, so that it can close as it likes. For what loads lazily. */
export function OnceOpen({ open, children }: { open: boolean; children: ReactNode }) {
  const ever = useRef(false);
  ever.current ||= open;
  return ever.current && <Suspense>{children}</Suspense>;
}
