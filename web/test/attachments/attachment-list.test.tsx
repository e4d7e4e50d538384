import { useQueryClient } from '@tanstack/react-query';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { ApiProblem, networkFailed } from '../../src/api/problem.ts';
import { AttachmentList } from '../../src/attachments/AttachmentList.tsx';
import type { Attachment, AttachmentPage } from '../../src/attachments/api.ts';
import { FileUpload } from '../../src/attachments/FileUpload.tsx';
import { refetchFiles, useListChanges } from '../../src/attachments/list-query.ts';
import { MessageFiles } from '../../src/attachments/MessageFiles.tsx';
import { Button } from '../../src/ui/Button.tsx';
import { show } from '../support/show.tsx';
import { choose } from './dropping.ts';
import { attachmentOf, FakeApi, fileOf } from './fakes.ts';

let api: FakeApi;
const onChange = vi.fn();

beforeEach(() => {
  localStorage.clear();
  api = new FakeApi([
    attachmentOf('c.pdf', { created_at: '2026-11-20T12:00:00.000Z' }),
    attachmentOf('b.pdf', { created_at: '2026-11-20T11:00:00.000Z' }),
    attachmentOf('a.pdf', { created_at: '2026-11-20T10:00:00.000Z' }),
  ]);
  onChange.mockReset();
});

/** What others on the page do with the list. */
function Changes({ file }: { file: Attachment }) {
  const queries = useQueryClient();
  const { put } = useListChanges('ticket-1');
  return (
    <>
      <Button onClick={() => refetchFiles(queries, 'ticket-1')}>Ask</Button>
      <Button onClick={() => put(file)}>Put</Button>
    </>
  );
}

const open = () => show(<AttachmentList api={api} ticketId="ticket-1" onChange={onChange} />);
const rows = () => [...document.querySelectorAll('[data-file]')];
const names = () => rows().map((row) => row.querySelector('[title]')?.getAttribute('title'));
const button = (name: string) => page.getByRole('button', { name, exact: true });

describe('the list', () => {
  it('holds the place of the files while they load', async () => {
    let answer = () => {};
    const { list } = api;
    api.list = async (asked) => {
      await new Promise<void>((resolve) => {
        answer = resolve;
      });
      return list(asked);
    };
    await open();
    await expect.element(page.getByText('Loading the files')).toBeInTheDocument();
    answer();
    await expect.poll(names).toEqual(['c.pdf', 'b.pdf', 'a.pdf']);
    await expect.element(page.getByText('Loading the files')).not.toBeInTheDocument();
  });

  it('says that there are none', async () => {
    api.files = [];
    await open();
    await expect.element(page.getByText(/^No files yet\./)).toBeVisible();
  });

  it('says why it could not be loaded, and tries again', async () => {
    const { list } = api;
    api.list = () => Promise.reject(networkFailed());
    await open();
    await expect.element(page.getByRole('alert')).toMatchTextContent('No connection');
    api.list = list;
    await button('Try again').click();
    await expect.poll(names).toHaveLength(3);
  });

  it('tells size, who and when of each file', async () => {
    api.files = [
      attachmentOf('a.pdf', {
        file_size: 1_572_864,
        created_at: new Date(Date.now() - 7_200_000).toISOString(),
      }),
    ];
    await open();
    await expect
      .element(page.getByRole('listitem'))
      .toMatchTextContent('1.5 MB · Ada Lovelace · 2 hours ago');
  });

  it('shows the server’s picture of an image, and a sign where there is none', async () => {
    api.files = [attachmentOf('photo.png', { mime_type: 'image/png' }), attachmentOf('a.pdf')];
    await open();
    await expect.poll(() => rows()).toHaveLength(2);
    // No server answers here, so that the picture gives way to the sign.
    await expect.poll(() => rows().map((row) => row.querySelectorAll('img').length)).toEqual([0, 0]);
    expect(rows().map((row) => row.querySelectorAll('svg.lucide-file-image').length)).toEqual([1, 0]);
  });

  it('is a list or a grid, and stays what it was made', async () => {
    const screen = await open();
    await expect.poll(names).toHaveLength(3);
    const height = () => (rows()[0] as HTMLElement).offsetHeight;
    const asRow = height();
    await page.getByTitle('Grid').click();
    expect(height()).toBeGreaterThan(asRow * 1.5);
    await screen.unmount();
    await open();
    await expect.element(page.getByRole('radio', { name: 'Grid' })).toBeChecked();
  });

  it('offers all files as one download once there are two', async () => {
    await open();
    await expect
      .element(page.getByRole('link', { name: 'Download all' }))
      .toHaveAttribute('href', '/all.zip');
    await button('Delete a.pdf').click();
    await button('Delete b.pdf').click();
    await expect.element(page.getByRole('link', { name: 'Download all' })).not.toBeInTheDocument();
  });

  it('downloads a file under its name', async () => {
    await open();
    const link = page.getByRole('link', { name: 'Download a.pdf' });
    await expect.element(link).toHaveAttribute('href', api.downloadUrl(api.files[2] ?? attachmentOf('')));
    await expect.element(link).toHaveAttribute('download', 'a.pdf');
  });

  it('offers only what may be done', async () => {
    const can = {
      download: false,
      preview: false,
      thumbnail: false,
      edit: false,
      delete: false,
      restore: false,
      release: false,
      rescan: false,
      hold: false,
    };
    api.files = [attachmentOf('held.pdf', { can, virus_scan_status: 'pending' })];
    await open();
    await expect.element(page.getByRole('listitem')).toMatchTextContent('Scanning…');
    expect(document.querySelectorAll('[data-file] button, [data-file] a')).toHaveLength(0);
  });

  it('tells what to be careful about', async () => {
    api.files = [attachmentOf('a.pdf', { warnings: ['macros', 'something_new'] })];
    await open();
    await expect.element(page.getByRole('listitem')).toMatchTextContent('Holds macros');
    await expect.element(page.getByRole('listitem')).toMatchTextContent('Open with care');
  });

  it('shows more as its end comes near, and asks for no page twice', async () => {
    api.files = Array.from({ length: 65 }, (_, index) => attachmentOf(`${index}.pdf`));
    await open();
    await expect.poll(() => rows().length).toBe(50);
    expect(api.calls).toEqual(['list 0']);
    rows().at(-1)?.scrollIntoView();
    await expect.poll(() => rows().length).toBe(65);
    expect(api.calls).toEqual(['list 0', 'list 50']);
    expect(document.body.textContent).not.toContain('Show more files');
  });
});

describe('deleting', () => {
  it('takes the file away at once, and Undo brings it back to its place', async () => {
    await open();
    await button('Delete b.pdf').click();
    await expect.poll(names).toEqual(['c.pdf', 'a.pdf']);
    await expect.element(page.getByText('b.pdf deleted')).toBeVisible();
    await button('Undo').click();
    await expect.poll(names).toEqual(['c.pdf', 'b.pdf', 'a.pdf']);
    expect(api.calls).toEqual(['list 0', 'remove b.pdf', 'restore b.pdf']);
    expect(onChange).toHaveBeenCalledTimes(2);
  });

  it('brings the file back when the server refuses, and says why', async () => {
    api.remove = () => Promise.reject(new ApiProblem('forbidden', 403));
    await open();
    await button('Delete b.pdf').click();
    await expect.element(page.getByText('b.pdf was not deleted').first()).toBeVisible();
    await expect.poll(names).toEqual(['c.pdf', 'b.pdf', 'a.pdf']);
  });

  it.each([
    ['somebody else has deleted meanwhile', new ApiProblem('attachment_not_found', 404)],
    ['was deleted without an answer', networkFailed()],
  ])('does not bring back what %s', async (_, problem) => {
    api.remove = async (id) => {
      api.files = api.files.filter((file) => file.id !== id);
      throw problem;
    };
    await open();
    await button('Delete b.pdf').click();
    await expect.element(page.getByText('b.pdf was not deleted').first()).toBeVisible();
    await expect.poll(() => api.calls).toEqual(['list 0', 'list 0']);
    await expect.poll(names).toEqual(['c.pdf', 'a.pdf']);
  });

  it('says why an Undo did not work', async () => {
    api.restore = () => Promise.reject(new ApiProblem('ticket_files_exceeded', 409, { limit: 20 }));
    await open();
    await button('Delete b.pdf').click();
    await button('Undo').click();
    await expect.element(page.getByText('b.pdf was not brought back').first()).toBeVisible();
    await expect.element(page.getByText(/This ticket has no place for more files/).first()).toBeVisible();
  });

  it('moves focus to the next file, then to the previous, then to Attach', async () => {
    const attachRef = { current: null as HTMLButtonElement | null };
    await show(
      <>
        <button type="button" ref={attachRef}>
          Attach
        </button>
        <AttachmentList api={api} ticketId="ticket-1" attachRef={attachRef} />
      </>,
    );
    await expect.poll(names).toHaveLength(3);
    (button('Delete b.pdf').element() as HTMLElement).focus();
    await userEvent.keyboard('{Enter}');
    await expect.element(button('Open a.pdf')).toHaveFocus();
    await button('Delete a.pdf').click();
    await expect.element(button('Open c.pdf')).toHaveFocus();
    await button('Delete c.pdf').click();
    await expect.element(button('Attach')).toHaveFocus();
  });

  it('lets the keyboard reach Undo by F6', async () => {
    await open();
    await button('Delete b.pdf').click();
    await expect.element(button('Undo')).toBeVisible();
    await userEvent.keyboard('{F6}');
    for (let tabs = 0; tabs < 4 && document.activeElement?.textContent !== 'Undo'; tabs += 1)
      await userEvent.tab();
    await userEvent.keyboard('{Enter}');
    await expect.poll(names).toEqual(['c.pdf', 'b.pdf', 'a.pdf']);
  });
});

describe('describing', () => {
  it('saves a description, shows it, and gives focus back', async () => {
    await open();
    await button('Add a description to a.pdf').click();
    const field = page.getByRole('textbox', { name: 'Description of a.pdf' });
    await expect.element(field).toHaveFocus();
    await field.fill('The invoice of March');
    await button('Save').click();
    await expect.element(page.getByText('The invoice of March')).toBeVisible();
    await expect.element(button('Edit the description of a.pdf')).toHaveFocus();
    expect(api.calls).toContain('describe The invoice of March');
  });

  it('is left by Escape as it was', async () => {
    await open();
    await button('Add a description to a.pdf').click();
    await userEvent.keyboard('nonsense{Escape}');
    await expect.element(page.getByRole('textbox')).not.toBeInTheDocument();
    await expect.element(button('Add a description to a.pdf')).toHaveFocus();
    expect(api.calls).toEqual(['list 0']);
  });

  it('an empty one takes the description away', async () => {
    api.files = [attachmentOf('a.pdf', { description: 'old words' })];
    await open();
    await button('Edit the description of a.pdf').click();
    await page.getByRole('textbox').fill('  ');
    await button('Save').click();
    await expect.element(page.getByText('old words')).not.toBeInTheDocument();
    expect(api.calls).toContain('describe null');
  });

  it('a refusal stands at the field, and what was written stays', async () => {
    api.describe = () => Promise.reject(new ApiProblem('forbidden', 403));
    await open();
    await button('Add a description to a.pdf').click();
    await userEvent.keyboard('words{Control>}{Enter}{/Control}');
    await expect.element(page.getByRole('textbox')).toHaveAttribute('aria-invalid', 'true');
    await expect.element(page.getByRole('textbox')).toHaveValue('words');
  });
});

describe('beside an upload', () => {
  it('keeps what has arrived while an older answer was on its way', async () => {
    const mine = attachmentOf('mine.pdf', { created_at: '2026-11-20T13:00:00.000Z' });
    await show(
      <>
        <Changes file={mine} />
        <AttachmentList api={api} ticketId="ticket-1" />
      </>,
    );
    await expect.poll(names).toHaveLength(3);
    const older = Promise.withResolvers<AttachmentPage>();
    const { list } = api;
    const before = await list({ skip: 0, limit: 50 });
    api.list = vi.fn(() => older.promise);
    await button('Ask').click();
    await expect.poll(() => api.list).toHaveBeenCalled();
    api.list = list;
    api.files = [mine, ...api.files];
    await button('Put').click();
    older.resolve(before);
    await expect.poll(names).toHaveLength(4);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(names()).toEqual(['mine.pdf', 'c.pdf', 'b.pdf', 'a.pdf']);
  });

  it('shows what has arrived without asking the server again', async () => {
    api.files = api.files.map((file) => ({ ...file, file_size: 10 }));
    await show(
      <>
        <FileUpload api={api} ticketId="ticket-1" />
        <AttachmentList api={api} ticketId="ticket-1" />
      </>,
    );
    await expect.poll(names).toHaveLength(3);
    choose(fileOf('new.pdf'));
    await expect.poll(() => api.line.names).toEqual(['new.pdf']);
    api.line.of('new.pdf').succeed();
    await expect.element(page.getByRole('link', { name: 'Download new.pdf' })).toBeVisible();
    await expect.element(page.getByText('4 files')).toBeVisible();
    expect(api.calls).toEqual(['list 0']);
  });
});

describe('the files of a message', () => {
  it('open, or are downloaded where they cannot be shown', async () => {
    const zip = attachmentOf('all.zip', { mime_type: 'application/zip' });
    await show(<MessageFiles api={api} files={[attachmentOf('a.txt', { mime_type: 'text/plain' }), zip]} />);
    await expect.element(page.getByRole('link', { name: 'Download all.zip' })).toBeVisible();
    await button('Open a.txt').click();
    await expect.element(page.getByRole('dialog', { name: 'a.txt' })).toMatchTextContent('plain text');
  });

  it('are twelve at first; the rest comes when asked for, and takes the focus', async () => {
    await show(
      <MessageFiles
        api={api}
        files={Array.from({ length: 14 }, (_, index) => attachmentOf(`f${index}.zip`))}
      />,
    );
    await expect.poll(() => page.getByRole('listitem').elements().length).toBe(12);
    await button('Show 2 more files').click();
    await expect.poll(() => page.getByRole('listitem').elements().length).toBe(14);
    await expect.element(page.getByRole('button', { name: 'Open f12.zip' })).toHaveFocus();
    await expect.element(button('Show 2 more files')).not.toBeInTheDocument();
  });
});
