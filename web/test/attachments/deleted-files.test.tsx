import { beforeEach, expect, it, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { ApiProblem } from '../../src/api/problem.ts';
import { AttachmentList } from '../../src/attachments/AttachmentList.tsx';
import { DeletedFiles } from '../../src/attachments/DeletedFiles.tsx';
import { show } from '../support/show.tsx';
import { attachmentOf, deletedOf, FakeApi } from './fakes.ts';

let api: FakeApi;
const onChange = vi.fn();

beforeEach(() => {
  localStorage.clear();
  onChange.mockReset();
  api = new FakeApi([attachmentOf('kept.pdf')]);
});

function deleted(...names: string[]): void {
  for (const name of names) {
    const file = deletedOf(attachmentOf(name));
    api.gone.set(file.id, file);
  }
}

const open = () =>
  show(
    <>
      <AttachmentList api={api} ticketId="ticket-1" />
      <DeletedFiles api={api} ticketId="ticket-1" onChange={onChange} />
    </>,
  );
const summary = () => page.getByText(/^Deleted files\d*$/);
const rows = () => page.getByRole('list', { name: 'Deleted files' }).getByRole('listitem');
const button = (name: string) => page.getByRole('button', { name, exact: true });

it('are nowhere where there are none', async () => {
  await open();
  await expect.element(button('Open kept.pdf')).toBeVisible();
  await expect.element(summary()).not.toBeInTheDocument();
});

it('are asked for when somebody looks, with who deleted them and when', async () => {
  deleted('first.pdf', 'second.pdf');
  await open();
  await expect.element(summary()).toMatchTextContent('Deleted files2');
  expect(api.calls).toEqual(['list 0']);
  await summary().click();
  await expect.poll(() => rows().elements().length).toBe(2);
  await expect.element(rows().first()).toMatchTextContent('second.pdf');
  await expect.element(rows().first()).toMatchTextContent(/Deleted by Grace Hopper\s· .* ago|now/);
  expect(api.calls).toEqual(['list 0', 'list deleted']);
});

it('come back to the list, and focus goes on to the next, then to the heading', async () => {
  deleted('first.pdf', 'second.pdf');
  await open();
  await summary().click();
  await expect.element(button('Restore second.pdf')).toBeVisible();
  (button('Restore second.pdf').element() as HTMLElement).focus();
  await userEvent.keyboard('{Enter}');
  await expect.element(button('Open second.pdf')).toBeVisible();
  await expect.element(button('Restore first.pdf')).toHaveFocus();
  await expect.element(page.getByText('second.pdf is back')).toBeVisible();
  await userEvent.keyboard('{Enter}');
  await expect.element(button('Open first.pdf')).toBeVisible();
  await expect.element(page.getByText(/^Nothing is left here/)).toBeVisible();
  expect(document.activeElement?.tagName).toBe('SUMMARY');
  expect(onChange).toHaveBeenCalledTimes(2);
  expect(api.calls.filter((call) => call.startsWith('list'))).toEqual(['list 0', 'list deleted']);
});

it('show at once what is deleted meanwhile, and let Undo take it away again', async () => {
  deleted('first.pdf');
  await open();
  await summary().click();
  await expect.poll(() => rows().elements().length).toBe(1);
  await button('Delete kept.pdf').click();
  await expect.element(button('Restore kept.pdf')).toBeVisible();
  await button('Undo').click();
  await expect.poll(() => rows().elements().length).toBe(1);
  await expect.element(button('Open kept.pdf')).toBeVisible();
  await expect.element(summary()).toMatchTextContent('Deleted files1');
});

it('say why one cannot come back, and keep it', async () => {
  deleted('first.pdf');
  api.restore = () => Promise.reject(new ApiProblem('ticket_files_exceeded', 409, { limit: 20 }));
  await open();
  await summary().click();
  await button('Restore first.pdf').click();
  await expect.element(page.getByText('first.pdf was not brought back').first()).toBeVisible();
  await expect.element(button('Restore first.pdf')).toBeVisible();
});
