import type { ReactNode } from 'react';
import { useMessages } from 'use-intl';
import { loadLater } from '../messages/locale.ts';
import { MoreWords } from '../messages/MoreWords.tsx';

const admin = await loadLater('admin');

/** Everybody's words, and those of the admin's screens with the refusals that are met there alone. */
export function AdminWords({ children }: { children: ReactNode }) {
  const { refusals } = useMessages();
  return <MoreWords words={{ admin, refusals: { ...refusals, ...admin.refusals } }}>{children}</MoreWords>;
}
