import type { ReactNode } from 'react';
import { loadLater } from '../messages/locale.ts';
import { MoreWords } from '../messages/MoreWords.tsx';

const holds = await loadLater('holds');

/** Everybody's words, and those of legal holds, which most people never meet. */
export function HoldWords({ children }: { children: ReactNode }) {
  return <MoreWords words={{ holds }}>{children}</MoreWords>;
}
