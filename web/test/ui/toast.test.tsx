import { expect, it, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { Button } from '../../src/ui/Button.tsx';
import { useToast } from '../../src/ui/Toaster.tsx';
import { show } from '../support/show.tsx';

function Remover({ undo }: { undo(): void }) {
  const toast = useToast();
  return (
    <Button onClick={() => toast({ title: 'a.pdf removed', action: { label: 'Undo', run: undo } })}>
      Remove
    </Button>
  );
}

it('offers Undo to the keyboard: F6 leads into it, and it is gone afterwards', async () => {
  const undo = vi.fn();
  await show(<Remover undo={undo} />);
  await page.getByRole('button', { name: 'Remove' }).click();
  await expect.element(page.getByRole('button', { name: 'Undo' })).toBeVisible();
  await userEvent.keyboard('{F6}');
  await userEvent.tab();
  while (document.activeElement?.textContent !== 'Undo') await userEvent.tab();
  await userEvent.keyboard('{Enter}');
  expect(undo).toHaveBeenCalledOnce();
  await expect.element(page.getByRole('button', { name: 'Undo' })).not.toBeInTheDocument();
});
