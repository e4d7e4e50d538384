import { beforeEach, describe, expect, it, vi } from 'vitest';
import { page } from 'vitest/browser';
import { ApiProblem } from '../../src/api/problem.ts';
import type { StagedUpload } from '../../src/attachments/api.ts';
import { openDraft } from '../../src/attachments/drafts.ts';
import { SendNotice } from '../../src/attachments/SendNotice.tsx';
import { UploadArea } from '../../src/attachments/UploadArea.tsx';
import { useSendWhenUploaded } from '../../src/attachments/use-send-when-uploaded.ts';
import { useStagedUploads } from '../../src/attachments/use-uploads.ts';
import { Button } from '../../src/ui/Button.tsx';
import { show } from '../support/show.tsx';
import { choose } from './dropping.ts';
import { FakeApi, fileOf, stagedOf } from './fakes.ts';

let api: FakeApi;
const sent = vi.fn<(uploadIds: string[]) => Promise<boolean>>();

let draft: string;

beforeEach(() => {
  draft = `ada ${crypto.randomUUID()}`;
  api = new FakeApi();
  sent.mockReset().mockResolvedValue(true);
});

/** A form of a ticket as small as can be. */
function Form() {
  const uploads = useStagedUploads(api, { draft });
  const sending = useSendWhenUploaded(uploads, sent);
  return (
    <>
      <UploadArea uploads={uploads} />
      <SendNotice heldBy={sending.heldBy} />
      {sending.phase === 'waiting' && <p>Creates when {sending.waitingFor} uploads finish</p>}
      <Button onClick={sending.submit}>Create</Button>
      <Button onClick={sending.callOff}>Call off</Button>
    </>
  );
}

const row = (name: string) => page.getByRole('listitem', { name });
const create = () => page.getByRole('button', { name: 'Create' });

async function staged(name: string) {
  choose(fileOf(name));
  await expect.poll(() => api.line.names).toContain(name);
  api.line.of(name).succeed();
  await expect.element(row(name)).toMatchTextContent('Ready');
}

/** As a page that is left once its file is there, and a new one with a server that knows nothing yet. */
async function leaveStaged(name: string): Promise<string> {
  const first = await show(<Form />);
  await staged(name);
  const uploadId = async () =>
    (await openDraft(draft).load()).find(({ file }) => file.name === name)?.uploadId;
  await first.unmount();
  await expect.poll(uploadId).toBeTruthy();
  api = new FakeApi();
  return (await uploadId()) ?? '';
}

describe('the files of a draft', () => {
  it('are staged at once and stay in sight', async () => {
    await show(<Form />);
    await staged('a.pdf');
    await expect.element(row('a.pdf')).toMatchTextContent('Ready · 10 bytes');
  });

  it('are taken back from the server when they are removed', async () => {
    await show(<Form />);
    await staged('a.pdf');
    await page.getByRole('button', { name: 'Remove a.pdf' }).click();
    await expect.poll(() => api.discarded).toHaveLength(1);
  });

  it('are there again after a reload: those staged without being sent, the others sent on', async () => {
    const first = await show(<Form />);
    await staged('staged.pdf');
    choose(fileOf('cut.pdf'));
    await expect.poll(() => api.line.names).toContain('cut.pdf');
    const key = api.line.of('cut.pdf').key;
    await first.unmount();

    const later = new FakeApi();
    const uploadIdOf = async (name: string) =>
      (await openDraft(draft).load()).find(({ file }) => file.name === name)?.uploadId;
    await expect.poll(() => uploadIdOf('staged.pdf')).toBeTruthy();
    later.uploads = [stagedOf('staged.pdf', { id: (await uploadIdOf('staged.pdf')) ?? '' })];
    api = later;
    await show(<Form />);
    await expect.element(row('staged.pdf')).toMatchTextContent('Ready');
    await expect.poll(() => later.line.names).toEqual(['cut.pdf']);
    expect(later.line.of('cut.pdf').key).toBe(key);
  });

  it('are waited for by whoever sends before they are found again', async () => {
    const uploadId = await leaveStaged('kept.pdf');
    const answer = Promise.withResolvers<StagedUpload[]>();
    api.staged = () => answer.promise;
    await show(<Form />);
    await create().click();
    await expect.element(page.getByText('Creates when 0 uploads finish')).toBeVisible();
    answer.resolve([stagedOf('kept.pdf', { id: uploadId })]);
    await expect.poll(() => sent.mock.calls).toEqual([[[uploadId]]]);
  });

  it('are sent once more where the server does not tell which it has', async () => {
    await leaveStaged('kept.pdf');
    api.staged = async () => {
      throw new ApiProblem('internal_error', 500);
    };
    await show(<Form />);
    await create().click();
    await expect.poll(() => api.line.names).toEqual(['kept.pdf']);
    expect(sent).not.toHaveBeenCalled();
    api.line.of('kept.pdf').succeed();
    await expect.poll(() => sent.mock.calls).toHaveLength(1);
    expect(sent.mock.calls[0]?.[0]).toHaveLength(1);
  });

  it('are not shown to another person at the same browser', async () => {
    const first = await show(<Form />);
    await staged('a.pdf');
    await first.unmount();
    draft = `bob ${crypto.randomUUID()}`;
    await show(<Form />);
    await expect.element(create()).toBeVisible();
    await new Promise((resolve) => setTimeout(resolve, 200));
    await expect.element(row('a.pdf')).not.toBeInTheDocument();
  });
});

describe('sending', () => {
  it('names the uploads in the order they were chosen', async () => {
    await show(<Form />);
    choose(fileOf('a.pdf'), fileOf('b.pdf'));
    await expect.poll(() => api.line.names).toEqual(['a.pdf', 'b.pdf']);
    api.line.of('b.pdf').succeed();
    await expect.element(row('b.pdf')).toMatchTextContent('Ready');
    api.line.of('a.pdf').succeed();
    await expect.element(row('a.pdf')).toMatchTextContent('Ready');
    await create().click();
    await expect.poll(() => sent.mock.calls).toHaveLength(1);
    expect(sent.mock.calls[0]?.[0]).toHaveLength(2);
  });

  it('waits for the uploads, says so, and then goes by itself', async () => {
    await show(<Form />);
    choose(fileOf('a.pdf'), fileOf('b.pdf'));
    await create().click();
    await expect.element(page.getByText('Creates when 2 uploads finish')).toBeVisible();
    api.line.of('a.pdf').succeed();
    await expect.element(page.getByText('Creates when 1 uploads finish')).toBeVisible();
    expect(sent).not.toHaveBeenCalled();
    api.line.of('b.pdf').succeed();
    await expect.poll(() => sent.mock.calls).toHaveLength(1);
    expect(sent.mock.calls[0]?.[0]).toHaveLength(2);
  });

  it('can be called off', async () => {
    await show(<Form />);
    choose(fileOf('a.pdf'));
    await create().click();
    await page.getByRole('button', { name: 'Call off' }).click();
    api.line.of('a.pdf').succeed();
    await expect.element(row('a.pdf')).toMatchTextContent('Ready');
    expect(sent).not.toHaveBeenCalled();
  });

  it('is held by a file that fails while it waits, and says which', async () => {
    await show(<Form />);
    choose(fileOf('a.pdf'));
    await create().click();
    api.line.of('a.pdf').fail(new ApiProblem('type_mismatch', 400));
    const notice = page.getByRole('alert').filter({ hasText: 'a.pdf did not get through.' });
    await expect.element(notice).toHaveFocus();
    expect(sent).not.toHaveBeenCalled();
    // It has been told now: whoever sends again means to leave it out.
    await create().click();
    await expect.poll(() => sent.mock.calls).toEqual([[[]]]);
  });

  it('takes along what was chosen before it, and leaves what was chosen since for the next', async () => {
    const answer = Promise.withResolvers<boolean>();
    sent.mockReturnValueOnce(answer.promise);
    await show(<Form />);
    await staged('a.pdf');
    await create().click();
    await expect.poll(() => sent.mock.calls).toHaveLength(1);
    await staged('since.pdf');
    answer.resolve(true);
    await expect.element(row('a.pdf')).not.toBeInTheDocument();
    await expect.element(row('since.pdf')).toBeVisible();
    await create().click();
    await expect.poll(() => sent.mock.calls[1]?.[0]).toHaveLength(1);
  });

  it('keeps its files where it was refused', async () => {
    sent.mockResolvedValueOnce(false);
    await show(<Form />);
    await staged('a.pdf');
    await create().click();
    await expect.poll(() => sent.mock.calls).toHaveLength(1);
    await create().click();
    await expect.poll(() => sent.mock.calls).toHaveLength(2);
    expect(sent.mock.calls[1]).toEqual(sent.mock.calls[0]);
  });

  it('is held by a file that may still get through', async () => {
    await show(<Form />);
    choose(fileOf('a.pdf'));
    await expect.poll(() => api.line.names).toEqual(['a.pdf']);
    api.line.of('a.pdf').fail(new ApiProblem('storage_full', 507));
    await expect.element(page.getByRole('button', { name: 'Try again: a.pdf' })).toBeVisible();
    await create().click();
    await expect.element(page.getByText(/a\.pdf did not get through/)).toBeVisible();
    expect(sent).not.toHaveBeenCalled();
  });

  it('is held by an open question', async () => {
    await show(<Form />);
    await staged('a.pdf');
    choose(fileOf('a.pdf'));
    await create().click();
    await expect.element(page.getByText(/Say first what to do with a\.pdf/)).toBeVisible();
    expect(sent).not.toHaveBeenCalled();
  });

  it('leaves out what was refused before', async () => {
    await show(<Form />);
    await staged('a.pdf');
    await expect.element(page.getByText(/^Up to/)).toBeVisible();
    choose(fileOf('tool.exe'));
    await expect.element(row('tool.exe')).toMatchTextContent('not accepted');
    await create().click();
    await expect.poll(() => sent.mock.calls[0]?.[0]).toHaveLength(1);
  });
});
