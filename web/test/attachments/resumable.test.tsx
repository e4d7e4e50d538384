import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { ApiProblem } from '../../src/api/problem.ts';
import { openDraft } from '../../src/attachments/drafts.ts';
import { FileUpload } from '../../src/attachments/FileUpload.tsx';
import { SendNotice } from '../../src/attachments/SendNotice.tsx';
import { UploadArea } from '../../src/attachments/UploadArea.tsx';
import { useSendWhenUploaded } from '../../src/attachments/use-send-when-uploaded.ts';
import { useStagedUploads } from '../../src/attachments/use-uploads.ts';
import { Button } from '../../src/ui/Button.tsx';
import { show } from '../support/show.tsx';
import { choose } from './dropping.ts';
import { FakeApi, fileOf, POLICY } from './fakes.ts';

let api: FakeApi;
let draft: string;
const sent = vi.fn<(uploadIds: string[]) => Promise<boolean>>();

beforeEach(() => {
  api = apiWithPieces();
  draft = `ada files ${crypto.randomUUID()}`;
});

afterEach(() => vi.restoreAllMocks());

function apiWithPieces(): FakeApi {
  const fake = new FakeApi();
  fake.policyInForce = { ...POLICY, resumable: { above: 100, chunk_size: 50 } };
  return fake;
}

async function open(name = draft) {
  const screen = await show(<FileUpload api={api} ticketId="ticket-1" draft={name} />);
  await expect.element(page.getByText(/^Up to .* each: /)).toBeVisible();
  return screen;
}

const video = (size = 200) => fileOf('a.pdf', 'x'.repeat(size));
const row = () => page.getByRole('listitem', { name: 'a.pdf' });
const button = (name: string) => page.getByRole('button', { name, exact: true });
const announced = () => page.getByRole('status').first();

/** A large file on its way, half of which is on the server. */
async function halfway() {
  choose(video());
  await expect.poll(() => api.line.names).toContain('a.pdf');
  const sending = api.line.of('a.pdf');
  sending.begin('u1');
  sending.offset(0, true);
  sending.progress(100);
  sending.offset(100);
  return sending;
}

/** Waits until a later page would know of the upload. */
async function noted() {
  await expect.poll(async () => (await openDraft(draft).load())[0]?.uploadId).toBe('u1');
}

describe('a pause', () => {
  it('is at hand for what goes in pieces, keeps focus and the bar, and is spoken', async () => {
    await open();
    const sending = await halfway();
    (button('Pause upload of a.pdf').element() as HTMLElement).focus();
    await userEvent.keyboard('{Enter}');
    expect(sending.aborted).toBe(true);
    await expect.element(row()).toMatchTextContent('Paused · 100 bytes of 200 bytes');
    await expect.element(announced()).toMatchTextContent('a.pdf paused.');
    const bar = page.getByRole('progressbar', { name: 'Upload of a.pdf' });
    await expect.element(bar).toHaveAttribute('aria-valuetext', 'Paused · 100 bytes of 200 bytes');
    await expect.element(button('Resume upload of a.pdf')).toHaveFocus();

    await userEvent.keyboard('{Enter}');
    await expect.poll(() => api.line.sendings).toHaveLength(2);
    expect(api.line.of('a.pdf').uploadId).toBe('u1');
    await expect.element(announced()).toMatchTextContent('a.pdf goes on.');
    await expect.element(button('Pause upload of a.pdf')).toHaveFocus();
  });

  it('is not offered for a small file, and does nothing once all has left', async () => {
    await open();
    choose(fileOf('small.pdf'));
    await expect.element(button('Cancel upload of small.pdf')).toBeVisible();
    expect(button('Pause upload of small.pdf').query()).toBeNull();
    const sending = await halfway();
    sending.progress(200);
    await expect.element(row()).toMatchTextContent('Checking');
    await expect.element(button('Pause upload of a.pdf')).toHaveAttribute('aria-disabled', 'true');
    (button('Pause upload of a.pdf').element() as HTMLElement).click();
    expect(sending.aborted).toBe(false);
  });

  it('ends with a cancel, on the server too', async () => {
    await open();
    await halfway();
    await button('Pause upload of a.pdf').click();
    await button('Cancel upload of a.pdf').click();
    await expect.element(row()).not.toBeInTheDocument();
    expect(api.givenUp).toEqual(['u1']);
  });
});

it('says when the server cannot go on, and tries again', async () => {
  await open();
  (await halfway()).fail(new ApiProblem('upload_locked', 423, { retryAfter: 1 }));
  await expect
    .element(page.getByText('The server cannot go on just now. Trying again in 2 s.'))
    .toBeVisible();
  await expect.poll(() => api.line.sendings, { timeout: 4000 }).toHaveLength(2);
  expect(api.line.of('a.pdf').uploadId).toBe('u1');
});

describe('a page that comes back', () => {
  it('goes on with its file, which nobody else sees', async () => {
    const first = await open();
    await halfway();
    await noted();
    await first.unmount();
    api = apiWithPieces();
    const others = await open(`bob${draft.slice(3)}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(row().query()).toBeNull();
    await others.unmount();
    await open();
    await expect.poll(() => api.line.names).toEqual(['a.pdf']);
    expect(api.line.of('a.pdf').uploadId).toBe('u1');
    api.line.of('a.pdf').succeed();
    await expect.element(page.getByText('a.pdf attached')).toBeVisible();
  });

  it('asks for a file that could not be kept, and takes no other for it', async () => {
    vi.spyOn(navigator.storage, 'estimate').mockResolvedValue({ quota: 1, usage: 1 });
    const first = await open();
    await halfway();
    await expect.element(page.getByText(/^This browser has no room to keep a\.pdf/)).toBeVisible();
    await noted();
    await first.unmount();
    api = apiWithPieces();
    await open();
    await expect.element(row()).toMatchTextContent('Choose the file again');
    expect(api.line.names).toEqual([]);
    await chooseAgain(video(199));
    await expect.element(row()).toMatchTextContent('a.pdf is not the same file');
    await expect.element(announced()).toMatchTextContent('a.pdf is not the same file');
    await chooseAgain(video());
    await expect.poll(() => api.line.names).toEqual(['a.pdf']);
    expect(api.line.of('a.pdf').uploadId).toBe('u1');
    await expect.element(button('Pause upload of a.pdf')).toBeVisible();
  });
});

/** Answers the question of the row as the browser's own window would. */
async function chooseAgain(file: File): Promise<void> {
  const input = row().element().querySelector<HTMLInputElement>('input[type=file]');
  const chosen = new DataTransfer();
  chosen.items.add(file);
  if (!input) throw new Error('The row asks for no file');
  input.files = chosen.files;
  input.dispatchEvent(new Event('change', { bubbles: true }));
}

describe('leaving the page', () => {
  const asks = () => {
    const event = new Event('beforeunload', { cancelable: true });
    window.dispatchEvent(event);
    return event.defaultPrevented;
  };

  it('asks nothing when the file is kept', async () => {
    await open();
    await halfway();
    await expect.poll(asks).toBe(false);
    await button('Pause upload of a.pdf').click();
    expect(asks()).toBe(false);
  });

  it('asks while the bytes are in this tab alone, also during a pause', async () => {
    vi.spyOn(navigator.storage, 'estimate').mockResolvedValue({ quota: 1, usage: 1 });
    await open();
    await halfway();
    await button('Pause upload of a.pdf').click();
    await expect.element(page.getByText(/^This browser has no room/)).toBeVisible();
    expect(asks()).toBe(true);
    await button('Resume upload of a.pdf').click();
    await expect.poll(() => api.line.sendings).toHaveLength(2);
    api.line.of('a.pdf').succeed();
    await expect.poll(asks).toBe(false);
  });
});

/** A reply as small as can be. */
function Form() {
  const uploads = useStagedUploads(api, { draft });
  const sending = useSendWhenUploaded(uploads, sent);
  return (
    <>
      <UploadArea uploads={uploads} />
      <SendNotice heldBy={sending.heldBy} />
      <Button onClick={sending.submit}>Send</Button>
    </>
  );
}

describe('a reply', () => {
  it('does not go without a file that is paused', async () => {
    sent.mockResolvedValue(true);
    await show(<Form />);
    await expect.element(page.getByText(/^Up to .* each: /)).toBeVisible();
    await halfway();
    await button('Pause upload of a.pdf').click();
    await button('Send').click();
    await expect.element(page.getByRole('alert').filter({ hasText: 'a.pdf is paused.' })).toHaveFocus();
    expect(sent).not.toHaveBeenCalled();
    await button('Resume upload of a.pdf').click();
    await button('Send').click();
    api.line.of('a.pdf').succeed();
    await expect.poll(() => sent.mock.calls[0]?.[0]).toHaveLength(1);
  });
});
