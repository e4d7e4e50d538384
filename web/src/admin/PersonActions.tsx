import { lazy } from 'react';
import type { User } from '../api/client.ts';
import { MenuOnceWanted } from '../ui/MenuOnceWanted.tsx';
import { PersonActionsButton } from './PersonActionsButton.tsx';

export interface PersonActionsProps {
  person: User;
  onEnable(): void;
  onDisable(): void;
  onAnonymise(): void;
  onMakeLink(): void;
}

const load = () => import('./OpenPersonActions.tsx');
const OpenPersonActions = lazy(load);

/** What may be done about somebody, behind three dots. */
export function PersonActions(props: PersonActionsProps) {
  return (
    <MenuOnceWanted button={<PersonActionsButton person={props.person} />} load={load}>
      {(gesture) => <OpenPersonActions {...props} gesture={gesture} />}
    </MenuOnceWanted>
  );
}
