import { useState } from 'react';
import { expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { Button } from '../../src/ui/Button.tsx';
import { Dialog } from '../../src/ui/Dialog.tsx';
import { show } from '../support/show.tsx';

function Opener() {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>Ask</Button>
      <Dialog open={open} onOpenChange={setOpen} title="Really?" />
    </>
  );
}

it('closes at the first Escape, also with focus on what says its name, and gives focus back', async () => {
  await show(<Opener />);
  const ask = page.getByRole('button', { name: 'Ask' });
  for (const open of [() => ask.click(), () => userEvent.keyboard('{Enter}')]) {
    await open();
    await expect.element(page.getByRole('button', { name: 'Close' })).toHaveFocus();
    await new Promise((resolve) => setTimeout(resolve, 1000)); // a tooltip takes its time
    await userEvent.keyboard('{Escape}');
    await expect.element(page.getByRole('dialog')).not.toBeInTheDocument();
    await expect.element(ask).toHaveFocus();
  }
});
