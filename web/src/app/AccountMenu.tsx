import { lazy } from 'react';
import type { Me } from '../api/client.ts';
import { MenuOnceWanted } from '../ui/MenuOnceWanted.tsx';
import { AccountButton } from './AccountButton.tsx';

const load = () => import('./OpenAccountMenu.tsx');
const OpenAccountMenu = lazy(load);

/** What one can do with one's own account, behind one's name. */
export function AccountMenu({ me }: { me: Me }) {
  return (
    <MenuOnceWanted button={<AccountButton me={me} />} load={load}>
      {(gesture) => <OpenAccountMenu me={me} gesture={gesture} />}
    </MenuOnceWanted>
  );
}
