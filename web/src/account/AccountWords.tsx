import type { ReactNode } from 'react';
import { loadLater } from '../messages/locale.ts';
import { MoreWords } from '../messages/MoreWords.tsx';

const account = await loadLater('account');

/** Everybody's words, and those of the screen on which people look after their account. */
export function AccountWords({ children }: { children: ReactNode }) {
  return <MoreWords words={{ account }}>{children}</MoreWords>;
}
