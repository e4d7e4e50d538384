import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { ApiProblem, networkFailed } from '../../src/api/problem.ts';
import type { Attachment } from '../../src/attachments/api.ts';
import { FileUpload } from '../../src/attachments/FileUpload.tsx';
import { show } from '../support/show.tsx';
import { choose, drag, dragOut, paste } from './dropping.ts';
import { attachmentOf, FakeApi, fileOf } from './fakes.ts';

let api: FakeApi;
let attached: Attachment[];
let errors: ApiProblem[];

beforeEach(() => {
  api = new FakeApi();
  attached = [];
  errors = [];
});

afterEach(() => vi.restoreAllMocks());

type Given = Partial<Parameters<typeof FileUpload>[0]>;

async function open(given: Given = {}) {
  const screen = await show(
    <FileUpload
      api={api}
      ticketId="ticket-1"
      onUploadSuccess={(attachment) => attached.push(attachment)}
      onUploadError={(error) => errors.push(error)}
      {...given}
    />,
  );
  // The limits are in force once they are shown.
  await expect.element(page.getByText(/^Up to .* each: /)).toBeVisible();
  return screen;
}

const row = (name: string) => page.getByRole('listitem', { name });
const attach = () => page.getByRole('button', { name: 'Attach files' });
const announced = () => page.getByRole('status').first();

describe('choosing', () => {
  it('a real button opens the file input, which offers the accepted types', async () => {
    await open();
    const input = document.querySelector<HTMLInputElement>('input[type=file]');
    const clicked = vi.fn();
    input?.addEventListener('click', (event) => {
      event.preventDefault();
      clicked();
    });
    await userEvent.tab();
    await expect.element(attach()).toHaveFocus();
    await userEvent.keyboard('{Enter}');
    expect(clicked).toHaveBeenCalledOnce();
    expect(input?.accept).toBe('.pdf,.txt,.csv,.png,.jpg');
  });

  it('a chosen file appears at once, is sent, and is told to the page when it has arrived', async () => {
    await open();
    choose(fileOf('report.pdf'));
    await expect.element(row('report.pdf')).toBeVisible();
    await expect.poll(() => api.line.names).toEqual(['report.pdf']);
    expect(attached).toEqual([]);
    api.line.of('report.pdf').succeed();
    await expect.poll(() => attached.map(({ file_name }) => file_name)).toEqual(['report.pdf']);
    await expect.element(row('report.pdf')).not.toBeInTheDocument();
    await expect.element(page.getByText('report.pdf attached')).toBeVisible();
  });

  it('the same file can be chosen again after it was removed', async () => {
    await open();
    choose(fileOf('a.pdf'));
    // A browser tells of a choice only where the input held something else before.
    expect(document.querySelector<HTMLInputElement>('input[type=file]')?.files).toHaveLength(0);
    await page.getByRole('button', { name: 'Cancel upload of a.pdf' }).click();
    choose(fileOf('a.pdf'));
    await expect.poll(() => api.line.names).toEqual(['a.pdf', 'a.pdf']);
  });

  it('files dragged over the window show where they would go, and go there', async () => {
    await open({ pageTarget: 'ticket #12' });
    drag('dragover', document.body, fileOf('a.pdf'));
    await expect.element(page.getByText('Drop to attach')).toBeVisible();
    await expect.element(page.getByText('The files go to ticket #12.')).toBeVisible();
    drag('drop', document.body, fileOf('a.pdf'), fileOf('b.pdf'));
    await expect.element(page.getByText('Drop to attach')).not.toBeInTheDocument();
    await expect.poll(() => api.line.names).toEqual(['a.pdf', 'b.pdf']);
  });

  it('the overlay goes when the pointer leaves the window', async () => {
    await open();
    drag('dragover', document.body, fileOf('a.pdf'));
    await expect.element(page.getByText('Drop to attach')).toBeVisible();
    dragOut();
    await expect.element(page.getByText('Drop to attach')).not.toBeInTheDocument();
  });

  it('an area for itself alone leaves drops beside it to others, but never to the browser', async () => {
    await open({ pageTarget: null });
    const drop = new DragEvent('drop', { dataTransfer: new DataTransfer(), bubbles: true, cancelable: true });
    drop.dataTransfer?.items.add(fileOf('a.pdf'));
    document.body.dispatchEvent(drop);
    expect(drop.defaultPrevented).toBe(true);
    drag('drop', attach().element(), fileOf('b.pdf'));
    await expect.poll(() => api.line.names).toEqual(['b.pdf']);
  });

  it('of two areas on a page, a drop goes to the one beneath it', async () => {
    const other = new FakeApi();
    await show(
      <>
        <FileUpload api={api} ticketId="1" />
        <FileUpload api={other} ticketId="2" pageTarget={null} />
      </>,
    );
    drag('drop', attach().nth(1).element(), fileOf('second.pdf'));
    drag('drop', document.body, fileOf('first.pdf'));
    await expect.poll(() => other.line.names).toEqual(['second.pdf']);
    expect(api.line.names).toEqual(['first.pdf']);
  });

  it('a pasted screenshot gets a dated name', async () => {
    await open();
    paste(document.body, fileOf('image.png', 'x', 'image/png'));
    await expect.poll(() => api.line.names[0]).toMatch(/^Screenshot \d{4}-\d\d-\d\d \d\d\.\d\d\.\d\d\.png$/);
  });

  it('an image is shown small at once', async () => {
    await open();
    const canvas = new OffscreenCanvas(8, 8);
    canvas.getContext('2d')?.fillRect(0, 0, 8, 8);
    const png = await canvas.convertToBlob();
    choose(new File([png], 'photo.png', { type: 'image/png' }));
    await expect.poll(() => document.querySelector('canvas:not([hidden])')?.clientWidth).toBeGreaterThan(20);
  });
});

describe('refusing', () => {
  it.each([
    ['a type', 'tool.exe', 10, 'Files of this type are not accepted. Accepted are: pdf, txt, csv, png, jpg.'],
    ['an empty file', 'empty.pdf', 0, 'The file is empty. Choose a file that has content.'],
    ['a size', 'big.pdf', 2048, 'The file is too large. Files can have up to 1,000 bytes.'],
  ])('refuses %s before a byte is sent, and says what to do', async (_, name, size, words) => {
    await open();
    choose(fileOf(name, 'x'.repeat(size)));
    await expect.element(row(name)).toMatchTextContent(words);
    expect(api.line.names).toEqual([]);
    expect(errors.map(({ fileName }) => fileName)).toEqual([name]);
  });

  it('refuses the file that is one too many, and lets the others go', async () => {
    api.files = [attachmentOf('1.pdf'), attachmentOf('2.pdf'), attachmentOf('3.pdf')];
    api.files = api.files.map((file) => ({ ...file, file_size: 10 }));
    await open();
    await expect.poll(() => api.calls).toContain('list 0');
    choose(fileOf('a.pdf'), fileOf('b.pdf'), fileOf('c.pdf'));
    await expect.element(row('c.pdf')).toMatchTextContent('This ticket has no place for more files');
    expect(api.line.names).toEqual(['a.pdf', 'b.pdf']);
  });

  it('refuses the file with which all would be too large', async () => {
    api.files = [attachmentOf('1.pdf', { file_size: 2900 })];
    await open();
    choose(fileOf('a.pdf', 'x'.repeat(200)));
    await expect.element(row('a.pdf')).toMatchTextContent('The files of this ticket would become too large');
  });

  it('the page can narrow what is accepted', async () => {
    await open({ maxFileSize: 100, acceptedFormats: ['image/*'] });
    choose(fileOf('a.pdf'), fileOf('a.png', 'x'.repeat(101)));
    await expect.element(row('a.pdf')).toMatchTextContent('Accepted are: png, jpg.');
    await expect.element(row('a.png')).toMatchTextContent('Files can have up to 100 bytes.');
  });

  it('a refusal of the server stays until it is dismissed', async () => {
    await open();
    choose(fileOf('a.pdf'));
    await expect.poll(() => api.line.names).toEqual(['a.pdf']);
    api.line.of('a.pdf').fail(new ApiProblem('type_mismatch', 400, { fileName: 'a.pdf' }));
    await expect.element(row('a.pdf')).toMatchTextContent('The content does not fit the name.');
    await expect.element(page.getByRole('button', { name: 'Try again: a.pdf' })).not.toBeInTheDocument();
    await page.getByRole('button', { name: 'Dismiss a.pdf' }).click();
    await expect.element(row('a.pdf')).not.toBeInTheDocument();
    expect(errors.map(({ code }) => code)).toEqual(['type_mismatch']);
  });

  it('asks about a file just like one on the ticket, and attaches it when told to', async () => {
    api.files = [attachmentOf('a.pdf', { file_size: 10 })];
    await open();
    choose(fileOf('a.pdf'));
    await expect.element(row('a.pdf')).toMatchTextContent('A file just like this one is already there.');
    expect(api.line.names).toEqual([]);
    await page.getByRole('button', { name: 'Attach anyway: a.pdf' }).click();
    await expect.poll(() => api.line.names).toEqual(['a.pdf']);
  });

  it('leaves it out when told to', async () => {
    api.files = [attachmentOf('a.pdf', { file_size: 10 })];
    await open();
    choose(fileOf('a.pdf'));
    await page.getByRole('button', { name: 'Leave out: a.pdf' }).click();
    await expect.element(row('a.pdf')).not.toBeInTheDocument();
    expect(api.line.names).toEqual([]);
  });
});

describe('on the way', () => {
  it('shows how much has left on a bar named by its file', async () => {
    await open();
    choose(fileOf('a.pdf', 'x'.repeat(1000)));
    await expect.poll(() => api.line.names).toEqual(['a.pdf']);
    api.line.of('a.pdf').progress(250);
    const bar = page.getByRole('progressbar', { name: 'Upload of a.pdf' });
    await expect.element(bar).toHaveAttribute('value', '250');
    await expect.element(bar).toHaveAttribute('max', '1000');
    await expect.element(row('a.pdf')).toMatchTextContent('250 bytes of 1,000 bytes');
  });

  it('shows how fast it goes and how long it takes', async () => {
    await open();
    choose(fileOf('a.pdf', 'x'.repeat(1000)));
    await expect.poll(() => api.line.names).toEqual(['a.pdf']);
    await new Promise((resolve) => setTimeout(resolve, 600));
    api.line.of('a.pdf').progress(300);
    await expect.element(row('a.pdf')).toMatchTextContent(/\d+ bytes\/s · [12] s left/);
  });

  it('says that the server checks once all has left', async () => {
    await open();
    choose(fileOf('a.pdf'));
    await expect.poll(() => api.line.names).toEqual(['a.pdf']);
    api.line.of('a.pdf').progress(10);
    await expect.element(row('a.pdf')).toMatchTextContent('Checking · 10 bytes');
  });

  it('sends three at a time and lets the rest wait', async () => {
    await open();
    choose(...['1.pdf', '2.pdf', '3.pdf', '4.pdf'].map((name) => fileOf(name)));
    await expect.element(row('4.pdf')).toMatchTextContent('Waiting');
    expect(api.line.names).toHaveLength(3);
    api.line.of('1.pdf').succeed();
    await expect.poll(() => api.line.names).toHaveLength(4);
  });

  it('cancels a file, and its bytes stop', async () => {
    await open();
    choose(fileOf('a.pdf'));
    await page.getByRole('button', { name: 'Cancel upload of a.pdf' }).click();
    expect(api.line.of('a.pdf').aborted).toBe(true);
    await expect.element(row('a.pdf')).not.toBeInTheDocument();
    expect(errors).toEqual([]);
  });

  it('tries again under the same key', async () => {
    await open();
    choose(fileOf('a.pdf'));
    await expect.poll(() => api.line.names).toEqual(['a.pdf']);
    const first = api.line.of('a.pdf');
    first.fail(new ApiProblem('storage_full', 507));
    await page.getByRole('button', { name: 'Try again: a.pdf' }).click();
    await expect.poll(() => api.line.names).toEqual(['a.pdf', 'a.pdf']);
    expect(api.line.of('a.pdf').key).toBe(first.key);
  });

  it('counts a Retry-After down before everybody’s eyes, and goes on by itself', async () => {
    await open();
    choose(fileOf('a.pdf'));
    await expect.poll(() => api.line.names).toEqual(['a.pdf']);
    api.line.of('a.pdf').fail(new ApiProblem('upload_rate_exceeded', 429, { retryAfter: 2 }));
    await expect.element(page.getByText('Many uploads at once. Going on in 2 s.')).toBeVisible();
    await expect.element(page.getByText('Many uploads at once. Going on in 1 s.')).toBeVisible();
    await expect.poll(() => api.line.names, { timeout: 3000 }).toEqual(['a.pdf', 'a.pdf']);
    expect(errors).toEqual([]);
  });

  it('tells that the line is gone, and goes on when it is back', async () => {
    const online = vi.spyOn(navigator, 'onLine', 'get');
    await open();
    choose(fileOf('a.pdf'));
    await expect.poll(() => api.line.names).toEqual(['a.pdf']);
    online.mockReturnValue(false);
    window.dispatchEvent(new Event('offline'));
    api.line.of('a.pdf').fail(networkFailed());
    await expect
      .element(page.getByText('You are offline. One file waits and goes on when the line is back.'))
      .toBeVisible();
    online.mockReturnValue(true);
    window.dispatchEvent(new Event('online'));
    await expect.poll(() => api.line.names).toEqual(['a.pdf', 'a.pdf']);
    await expect.element(page.getByText(/You are offline/)).not.toBeInTheDocument();
  });

  it('says when a lost line is tried again', async () => {
    await open();
    choose(fileOf('a.pdf'));
    await expect.poll(() => api.line.names).toEqual(['a.pdf']);
    api.line.of('a.pdf').fail(networkFailed());
    await expect.element(page.getByText('The connection was lost. Trying again in 2 s.')).toBeVisible();
  });

  it('asks before a page with files on their way is left, and not otherwise', async () => {
    await open();
    const leave = () => {
      const event = new Event('beforeunload', { cancelable: true });
      window.dispatchEvent(event);
      return event.defaultPrevented;
    };
    expect(leave()).toBe(false);
    choose(fileOf('a.pdf'));
    await expect.element(row('a.pdf')).toBeVisible();
    expect(leave()).toBe(true);
  });

  it('stops its sends when the page is left', async () => {
    const screen = await open();
    choose(fileOf('a.pdf'));
    await expect.poll(() => api.line.names).toEqual(['a.pdf']);
    await screen.unmount();
    expect(api.line.of('a.pdf').aborted).toBe(true);
  });
});

describe('for the keyboard and the ear', () => {
  it('focus goes to the next row after a removal, then to the previous, then to Attach', async () => {
    await open();
    choose(...['a.exe', 'b.exe', 'c.exe'].map((name) => fileOf(name)));
    await expect.element(row('c.exe')).toBeVisible();
    const dismiss = (name: string) => page.getByRole('button', { name: `Dismiss ${name}` });
    (dismiss('b.exe').element() as HTMLElement).focus();
    await userEvent.keyboard('{Enter}');
    await expect.element(dismiss('c.exe')).toHaveFocus();
    await userEvent.keyboard('{Enter}');
    await expect.element(dismiss('a.exe')).toHaveFocus();
    await userEvent.keyboard('{Enter}');
    await expect.element(attach()).toHaveFocus();
  });

  it('focus is not lost when the file under it arrives and leaves', async () => {
    await open();
    choose(fileOf('a.pdf'), fileOf('b.pdf'));
    const cancel = (name: string) => page.getByRole('button', { name: `Cancel upload of ${name}` });
    await expect.element(cancel('a.pdf')).toBeVisible();
    (cancel('a.pdf').element() as HTMLElement).focus();
    api.line.of('a.pdf').succeed();
    await expect.element(cancel('b.pdf')).toHaveFocus();
  });

  it('a file that arrives elsewhere takes nobody’s focus', async () => {
    await open();
    choose(fileOf('a.pdf'), fileOf('b.pdf'));
    const cancel = page.getByRole('button', { name: 'Cancel upload of b.pdf' });
    await expect.element(cancel).toBeVisible();
    (cancel.element() as HTMLElement).focus();
    api.line.of('a.pdf').succeed();
    await expect.element(row('a.pdf')).not.toBeInTheDocument();
    await expect.element(cancel).toHaveFocus();
  });

  it('announces what was added, refused and done', async () => {
    await open();
    choose(fileOf('a.pdf'), fileOf('b.pdf'));
    await expect.element(announced()).toMatchTextContent('2 files added.');
    choose(fileOf('tool.exe'));
    await expect.element(announced()).toMatchTextContent('tool.exe: Files of this type are not accepted.');
    api.line.of('a.pdf').succeed();
    await expect.element(announced()).toMatchTextContent('a.pdf uploaded.');
  });

  it('a long name is shortened in its middle and keeps its extension in sight', async () => {
    await page.viewport(320, 600);
    await open();
    const name = `${'very-long-name-'.repeat(12)}final.pdf`;
    choose(fileOf(name));
    await expect.element(row(name)).toBeVisible();
    const [head, tail] = row(name).element().querySelectorAll('[title] > [aria-hidden]');
    expect(head?.scrollWidth).toBeGreaterThan(head?.clientWidth ?? 0);
    expect(tail?.textContent).toBe('-final.pdf');
    expect(tail?.getBoundingClientRect().right).toBeLessThan(320);
    expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(320);
    await page.viewport(1024, 768);
  });

  it('a name read from right to left keeps its extension at the end', async () => {
    await open();
    const name = 'דוח רבעוני גרסה סופית.pdf';
    choose(fileOf(name));
    await expect.element(row(name)).toBeVisible();
    const [head, tail] = row(name).element().querySelectorAll('[title] > [aria-hidden]');
    expect(tail?.textContent).toBe('.pdf');
    expect(tail?.getBoundingClientRect().left).toBeGreaterThanOrEqual(
      head?.getBoundingClientRect().right ?? 1e9,
    );
    expect(head && getComputedStyle(head).direction).toBe('rtl');
  });

  it('speaks German', async () => {
    await show(<FileUpload api={api} ticketId="1" />, { locale: 'de' });
    await expect.element(page.getByRole('button', { name: 'Dateien anhängen' })).toBeVisible();
    await expect.element(page.getByText('Je bis zu 1.000 Byte: pdf, txt, csv, png, jpg')).toBeVisible();
    choose(fileOf('tool.exe'));
    await expect.element(page.getByRole('button', { name: 'Meldung zu tool.exe schließen' })).toBeVisible();
  });
});
