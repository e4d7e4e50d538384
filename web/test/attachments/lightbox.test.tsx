import { beforeEach, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { ApiProblem } from '../../src/api/problem.ts';
import { AttachmentList } from '../../src/attachments/AttachmentList.tsx';
import { refetchFiles } from '../../src/attachments/list-query.ts';
import { show } from '../support/show.tsx';
import { attachmentOf, FakeApi } from './fakes.ts';

let api: FakeApi;
let picture: string;

beforeEach(async () => {
  localStorage.clear();
  const canvas = new OffscreenCanvas(400, 300);
  canvas.getContext('2d')?.fillRect(0, 0, 400, 300);
  picture = URL.createObjectURL(await canvas.convertToBlob());
  api = new FakeApi([
    attachmentOf('photo.png', { mime_type: 'image/png', created_at: '2026-11-20T13:00:00.000Z' }),
    attachmentOf('all.zip', { mime_type: 'application/zip', created_at: '2026-11-20T12:00:00.000Z' }),
    attachmentOf('a.pdf', { created_at: '2026-11-20T11:00:00.000Z' }),
    attachmentOf('log.txt', { mime_type: 'text/plain', created_at: '2026-11-20T10:00:00.000Z' }),
  ]);
  api.previewUrl = ({ mime_type, id }) => (mime_type === 'image/png' ? picture : `/preview/${id}`);
});

const button = (name: string) => page.getByRole('button', { name, exact: true });
const dialog = (name: string) => page.getByRole('dialog', { name });

async function open(name: string) {
  const screen = await show(<AttachmentList api={api} ticketId="ticket-1" />);
  await button(`Open ${name}`).click();
  await expect.element(dialog(name)).toBeVisible();
  return screen;
}

it('shows an image whole, and returns focus when it is closed by Escape', async () => {
  await open('photo.png');
  await expect.element(page.getByRole('img', { name: 'photo.png' })).toHaveAttribute('src', picture);
  await userEvent.keyboard('{Escape}');
  await expect.element(dialog('photo.png')).not.toBeInTheDocument();
  await expect.element(button('Open photo.png')).toHaveFocus();
});

it('closes when somebody else deletes the file, and does not open by itself when it is restored', async () => {
  const { queries } = await open('a.pdf');
  const all = api.files;
  api.files = all.filter(({ file_name }) => file_name !== 'a.pdf');
  refetchFiles(queries, 'ticket-1');
  await expect.element(page.getByRole('dialog')).not.toBeInTheDocument();
  api.files = all;
  refetchFiles(queries, 'ticket-1');
  await expect.element(button('Open a.pdf')).toBeVisible();
  await new Promise((resolve) => setTimeout(resolve, 300));
  await expect.element(page.getByRole('dialog')).not.toBeInTheDocument();
});

it('goes to its neighbours by the arrow keys, past what cannot be shown, and round', async () => {
  await open('photo.png');
  await userEvent.keyboard('{ArrowRight}');
  await expect.element(dialog('a.pdf')).toMatchTextContent('2 of 3');
  await userEvent.keyboard('{ArrowRight}{ArrowRight}');
  await expect.element(dialog('photo.png')).toMatchTextContent('1 of 3');
  await userEvent.keyboard('{ArrowLeft}');
  await expect.element(dialog('log.txt')).toBeVisible();
});

it('has buttons that do the same', async () => {
  await open('photo.png');
  await button('Next file').click();
  await expect.element(dialog('a.pdf')).toBeVisible();
  await button('Previous file').click();
  await expect.element(dialog('photo.png')).toBeVisible();
});

it('zooms by buttons and by keys, and tells how far', async () => {
  await open('photo.png');
  const image = page.getByRole('img', { name: 'photo.png' });
  const width = () => image.element().clientWidth;
  await expect.poll(width).toBeGreaterThan(300);
  const fitting = width();
  await button('Zoom in').click();
  await expect.poll(width).toBe(fitting * 1.5);
  await userEvent.keyboard('+');
  await expect.element(page.getByText('200%')).toBeVisible();
  expect(width()).toBe(fitting * 2);
  await userEvent.keyboard('0');
  await expect.poll(width).toBe(fitting);
});

it('arrow keys move a zoomed image, not on to the next file', async () => {
  await open('photo.png');
  await userEvent.keyboard('++++');
  (page.getByRole('region', { name: 'photo.png' }).element() as HTMLElement).focus();
  await userEvent.keyboard('{ArrowRight}');
  await expect.element(dialog('photo.png')).toBeVisible();
});

it('shows a PDF in a frame without a sandbox, which would stop the browser’s viewer', async () => {
  await open('a.pdf');
  const frame = document.querySelector('iframe');
  expect(frame?.getAttribute('src')).toBe(`/preview/${api.files[2]?.id}`);
  expect(frame?.title).toBe('a.pdf');
  expect(frame?.hasAttribute('sandbox')).toBe(false);
});

it('shows text as it is, never as a page, and says where it was cut', async () => {
  api.text = async () => ({ text: '<b>not bold</b>\n  indented', cut: true });
  await open('log.txt');
  await expect.element(dialog('log.txt')).toMatchTextContent('<b>not bold</b>');
  await expect.element(dialog('log.txt')).toMatchTextContent('This is the beginning.');
  expect(document.querySelector('pre b')).toBeNull();
});

it('says why a text could not be shown', async () => {
  api.text = () => Promise.reject(new ApiProblem('attachment_deleted', 410));
  await open('log.txt');
  await expect.element(page.getByRole('alert')).toMatchTextContent('The preview could not be shown');
});

it('says so when an image does not come', async () => {
  picture = '/nothing-here.png';
  await open('photo.png');
  await expect.element(page.getByRole('alert')).toMatchTextContent('The preview could not be shown');
});

it('deletes what is shown and goes on to the next, then closes after the last', async () => {
  await open('a.pdf');
  await button('Delete a.pdf').first().click();
  await expect.element(dialog('log.txt')).toBeVisible();
  await expect.poll(() => api.calls).toContain('remove a.pdf');
  await button('Delete log.txt').first().click();
  await expect.element(dialog('photo.png')).toBeVisible();
  await button('Delete photo.png').first().click();
  await expect.element(dialog('photo.png')).not.toBeInTheDocument();
});

it('a deletion can be undone while it is open', async () => {
  await open('photo.png');
  await button('Delete photo.png').first().click();
  await expect.element(dialog('a.pdf')).toBeVisible();
  await button('Undo').click();
  await expect.poll(() => api.calls).toContain('restore photo.png');
  await expect.element(dialog('a.pdf')).toMatchTextContent('2 of 3');
});

it('keeps focus inside while it is open', async () => {
  await open('photo.png');
  for (let tabs = 0; tabs < 12; tabs += 1) {
    await userEvent.tab();
    expect(document.activeElement?.closest('[role=dialog]')).not.toBeNull();
  }
});

it('gives the page back to the mouse when it is closed', async () => {
  await open('photo.png');
  await button('Close').click();
  await expect.element(dialog('photo.png')).not.toBeInTheDocument();
  // A backdrop that stayed would take this click.
  await button('Open a.pdf').click();
  await expect.element(dialog('a.pdf')).toBeVisible();
});
