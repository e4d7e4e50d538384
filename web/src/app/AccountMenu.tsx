import { lazy, Suspense, useState } from 'react';
import type { Me } from '../api/client.ts';
import { AccountButton } from './AccountButton.tsx';

const load = () => import('./OpenAccountMenu.tsx');
const OpenAccountMenu = lazy(load);

/** The account's button. What makes menus work is fetched when somebody is about to press it. */
export function AccountMenu({ me }: { me: Me }) {
  const [wanted, setWanted] = useState(false);
  const button = (
    <AccountButton
      me={me}
      onPointerEnter={() => void load()}
      onFocus={() => void load()}
      onClick={() => setWanted(true)}
    />
  );
  if (!wanted) return button;
  return (
    <Suspense fallback={button}>
      <OpenAccountMenu me={me} />
    </Suspense>
  );
}
