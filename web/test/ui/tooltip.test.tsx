import { Trash2 } from 'lucide-react';
import { expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { IconButton } from '../../src/ui/IconButton.tsx';
import { show } from '../support/show.tsx';

const tooltip = page.getByText('Remove a.pdf');

const button = page.getByRole('button', { name: 'Remove a.pdf' });
const showSign = () => show(<IconButton label="Remove a.pdf" icon={<Trash2 />} />);

it('says what a sign stands for to whoever points at it, until Escape', async () => {
  await showSign();
  await button.hover();
  await expect.element(tooltip).toBeVisible();
  await userEvent.keyboard('{Escape}');
  await expect.element(tooltip).not.toBeInTheDocument();
});

it('says so to the keyboard, too', async () => {
  await showSign();
  await userEvent.tab();
  await expect.element(button).toHaveFocus();
  await expect.element(tooltip).toBeVisible();
});
