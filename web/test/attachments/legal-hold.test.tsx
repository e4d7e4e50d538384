import { beforeEach, describe, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { AttachmentList } from '../../src/attachments/AttachmentList.tsx';
import type { Attachment } from '../../src/attachments/api.ts';
import { DeletedFiles } from '../../src/attachments/DeletedFiles.tsx';
import { show } from '../support/show.tsx';
import { attachmentOf, deletedOf, FakeApi } from './fakes.ts';

const BY = { id: '00000000-0000-4000-8000-000000000003', name: 'Helen Okafor' };
const HOLD = { at: '2026-11-20T10:00:00.000Z', by: BY, reason: 'Smith v. Jones' };
const { can } = attachmentOf('any');

let api: FakeApi;
beforeEach(() => {
  localStorage.clear();
});

function open(more: Partial<Attachment>) {
  api = new FakeApi([attachmentOf('offer.pdf', more)]);
  return show(<AttachmentList api={api} ticketId="ticket-1" />);
}

const row = () => page.getByRole('list', { name: 'Files' }).getByRole('listitem').first();
const more = () => page.getByRole('button', { name: 'More for offer.pdf' });
const item = (name: string) => page.getByRole('menuitem', { name });
const dialog = () => page.getByRole('dialog');

describe('a file under legal hold', () => {
  it('says so, by whom and why, to those who are told; they cannot change it', async () => {
    await open({ legal_hold: HOLD });
    await expect.element(row()).toMatchTextContent(/Under legal hold · Helen Okafor · .*Smith v\. Jones/);
    await expect.element(more()).not.toBeInTheDocument();
  });

  it('is put there by an admin, with a reason, by keyboard alone', async () => {
    await open({ can: { ...can, hold: true } });
    await expect.element(more()).toBeVisible();
    (more().element() as HTMLElement).focus();
    await userEvent.keyboard('{Enter}');
    await expect.element(item('Put under legal hold…')).toBeVisible();
    await userEvent.keyboard('{Enter}');
    await expect.element(dialog().getByLabelText('Reason')).toHaveFocus();
    await userEvent.keyboard('Smith v. Jones{Tab}{Tab}{Enter}');
    await expect.element(page.getByText('offer.pdf is under legal hold')).toBeInTheDocument();
    await expect.element(row()).toMatchTextContent(/Under legal hold · Grace Hopper/);
    expect(api.calls).toContain('offer.pdf hold: Smith v. Jones');
    await expect.element(more()).toHaveFocus();
  });

  it('is not held without a reason', async () => {
    await open({ can: { ...can, hold: true } });
    await more().click();
    await item('Put under legal hold…').click();
    await dialog().getByRole('button', { name: 'Put under legal hold' }).click();
    await expect.element(page.getByRole('alert')).toHaveFocus();
    await expect.element(page.getByRole('alert')).toMatchTextContent('Enter a reason');
    expect(api.calls).toEqual(['list 0']);
  });

  it('gets another reason, beginning with the one it has', async () => {
    await open({ legal_hold: HOLD, can: { ...can, hold: true } });
    await more().click();
    await item('Change reason…').click();
    await expect.element(dialog().getByLabelText('Reason')).toHaveValue('Smith v. Jones');
    await dialog().getByLabelText('Reason').fill('Smith v. Brown');
    await dialog().getByRole('button', { name: 'Change the reason' }).click();
    await expect.element(row()).toMatchTextContent('Smith v. Brown');
  });

  it('is let go, with a reason of its own', async () => {
    await open({ legal_hold: HOLD, can: { ...can, hold: true } });
    await more().click();
    await item('Lift hold…').click();
    await expect.element(dialog().getByLabelText('Reason')).toHaveValue('');
    await dialog().getByLabelText('Reason').fill('Settled');
    await dialog().getByRole('button', { name: 'Lift the legal hold' }).click();
    await expect.element(page.getByText('The legal hold on offer.pdf is lifted')).toBeInTheDocument();
    await expect.element(row()).not.toMatchTextContent('Under legal hold');
    expect(api.calls).toContain('offer.pdf lift: Settled');
  });
});

it('a deleted file is held as well', async () => {
  api = new FakeApi([]);
  const file = deletedOf(attachmentOf('offer.pdf', { can: { ...can, hold: true } }));
  api.gone.set(file.id, file);
  await show(<DeletedFiles api={api} ticketId="ticket-1" />);
  await page.getByText(/^Deleted files/).click();
  await more().click();
  await item('Put under legal hold…').click();
  await dialog().getByLabelText('Reason').fill('Smith v. Jones');
  await dialog().getByRole('button', { name: 'Put under legal hold' }).click();
  const gone = page.getByRole('list', { name: 'Deleted files' }).getByRole('listitem');
  await expect.element(gone).toMatchTextContent(/Under legal hold · Grace Hopper · .*Smith v\. Jones/);
});
