import { lazy } from 'react';
import { expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { Button } from '../../src/ui/Button.tsx';
import { Menu, MenuItem } from '../../src/ui/Menu.tsx';
import { MenuOnceWanted } from '../../src/ui/MenuOnceWanted.tsx';
import { show } from '../support/show.tsx';

const load = async () => ({ default: Actions });
const LaterActions = lazy(load);

function Actions({ gesture }: { gesture: Event }) {
  return (
    <Menu gesture={gesture} trigger={<Button>Actions</Button>}>
      <MenuItem>Rename</MenuItem>
      <MenuItem>Remove</MenuItem>
    </Menu>
  );
}

const showMenu = () =>
  show(
    <MenuOnceWanted button={<Button>Actions</Button>} load={load}>
      {(gesture) => <LaterActions gesture={gesture} />}
    </MenuOnceWanted>,
  );
const button = page.getByRole('button', { name: 'Actions' });
const item = (name: string) => page.getByRole('menuitem', { name });

it.each([
  { key: '{Enter}', focused: 'Rename' },
  { key: ' ', focused: 'Rename' },
  { key: '{ArrowDown}', focused: 'Rename' },
  { key: '{ArrowUp}', focused: 'Remove' },
])('is opened by "$key" on $focused, also when it is still to come', async ({ key, focused }) => {
  await showMenu();
  await expect.element(button).toHaveAttribute('aria-haspopup', 'menu');
  await userEvent.tab();
  await expect.element(button).toHaveFocus();
  await userEvent.keyboard(key);
  await expect.element(item(focused)).toHaveFocus();
  await userEvent.keyboard('{Escape}');
  await expect.element(button).toHaveFocus();
  await expect.element(item(focused)).not.toBeInTheDocument();
});

it('is opened by the mouse on none of its items', async () => {
  await showMenu();
  await button.click();
  await expect.element(item('Rename')).toBeVisible();
  await userEvent.keyboard('{ArrowDown}');
  await expect.element(item('Rename')).toHaveFocus();
});
