import { beforeEach, describe, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { ApiProblem } from '../../src/api/problem.ts';
import { AttachmentList } from '../../src/attachments/AttachmentList.tsx';
import type { Attachment } from '../../src/attachments/api.ts';
import { MessageFiles } from '../../src/attachments/MessageFiles.tsx';
import { UploadArea } from '../../src/attachments/UploadArea.tsx';
import { useStagedUploads } from '../../src/attachments/use-uploads.ts';
import { show } from '../support/show.tsx';
import { choose } from './dropping.ts';
import { attachmentOf, FakeApi, fileOf, stagedOf } from './fakes.ts';

let api: FakeApi;

beforeEach(() => {
  localStorage.clear();
  indexedDB.deleteDatabase('docket');
  api = new FakeApi();
});

const HELD = { ...attachmentOf('').can, download: false, preview: false, thumbnail: false };

/** A file as somebody sees it who did not send it. */
function heldOf(name: string, more: Partial<Attachment>, can: Partial<Attachment['can']> = {}): Attachment {
  return attachmentOf(name, { ...more, can: { ...HELD, delete: false, edit: false, ...can } });
}
const infected = (name: string, can: Partial<Attachment['can']> = {}) =>
  heldOf(name, { virus_scan_status: 'quarantined', virus_scan_result: 'Test.Sig' }, can);
const encrypted = (name: string, can: Partial<Attachment['can']> = {}) =>
  heldOf(
    name,
    { virus_scan_status: 'unscannable', virus_scan_result: 'encrypted', warnings: ['encrypted'] },
    can,
  );

const list = (...files: Attachment[]) => {
  api.files = files;
  return show(<AttachmentList api={api} ticketId="ticket-1" />);
};
const row = () => page.getByRole('listitem');
const button = (name: string) => page.getByRole('button', { name, exact: true });

describe('a badge', () => {
  it.each([
    ['pending', 'Scanning…'],
    ['clean', 'Scanned'],
    ['skipped', 'Not scanned'],
    ['infected', 'Blocked Malware was found: X. Nobody can open it.'],
    ['quarantined', 'Blocked Malware was found: X. Nobody can open it.'],
    ['unscannable', 'Blocked It could not be scanned: X.'],
  ] as const)('says of a file that is %s: %s', async (virus_scan_status, words) => {
    await list(attachmentOf('a.pdf', { virus_scan_status, virus_scan_result: 'X' }));
    await expect.element(row()).toMatchTextContent(words);
    expect(row().element().querySelectorAll('svg[class*=lucide-shield]')).toHaveLength(1);
  });

  it('keeps still for a moment before it says that a file is being scanned', async () => {
    await list(attachmentOf('a.pdf', { virus_scan_status: 'pending' }));
    await expect.element(page.getByText('Scanning…')).toBeVisible();
    const fact = page.getByText('Scanning…').element().parentElement;
    const { animationDelay, animationName } = getComputedStyle(fact ?? document.body);
    expect([animationName, animationDelay]).toEqual(['appear', '0.3s']);
    expect(fact?.textContent, 'with its dot').toBe(' · Scanning…');
  });

  it('stays in the line of the fact before it, however little room there is', async () => {
    for (let width = 180; width <= 320; width += 10) {
      const { container, unmount } = await list(attachmentOf('a.pdf', { virus_scan_status: 'clean' }));
      container.style.width = `${width}px`;
      await expect.element(row()).toBeVisible();
      const sign = container.querySelector('svg[class*=lucide-shield]')?.getBoundingClientRect();
      const time = container.querySelector('time')?.getBoundingClientRect();
      expect(Math.abs((sign?.top ?? 0) - (time?.top ?? 99)), `${width} pixels wide`).toBeLessThan(6);
      await unmount();
    }
  });

  it('tells agents who released a file and why, everybody else that it was released', async () => {
    const released_at = '2026-11-20T10:00:00.000Z';
    const by = { id: crypto.randomUUID(), name: 'Grace Hopper' };
    const file = { ...encrypted('a.zip', { download: true }), released_at };
    await list({ ...file, released: { at: released_at, by, reason: 'They rang me' } });
    await expect
      .element(row())
      .toMatchTextContent('Released by Grace Hopper It could not be scanned: encrypted.');
    await expect.element(page.getByTitle('Reason given: They rang me')).toBeInTheDocument();
    const other = await show(<MessageFiles api={api} files={[file]} />);
    expect(other.container.textContent).toContain('Released It could not be scanned: encrypted.');
  });

  it('shows a reason it does not know as it came, and one it knows in the person’s language', async () => {
    const odd = heldOf('a.pdf', { virus_scan_status: 'unscannable', virus_scan_result: 'suspected by 2' });
    api.files = [odd, encrypted('b.zip')];
    await show(<AttachmentList api={api} ticketId="ticket-1" />, { locale: 'de' });
    await expect.element(row().first()).toMatchTextContent('Konnte nicht geprüft werden: suspected by 2.');
    await expect
      .element(row().last())
      .toMatchTextContent('Gesperrt Konnte nicht geprüft werden: verschlüsselt.');
    // It says once that the file is encrypted.
    await expect.element(row().last()).not.toMatchTextContent('Passwort');
  });

  it('stands under messages as well', async () => {
    await show(<MessageFiles api={api} files={[infected('a.pdf')]} />);
    await expect.element(row()).toMatchTextContent('Blocked Malware was found: Test.Sig.');
  });
});

describe('what to do', () => {
  it.each([
    ['who sent malware', infected('a.pdf', { delete: true }), 'Delete it, and check your computer.'],
    ['others', infected('a.pdf'), 'Ask for a clean copy; only an administrator can release it.'],
    ['who sent what is encrypted', encrypted('a.zip', { download: true }), 'Only you can open it until'],
    ['other customers', encrypted('a.zip'), 'An agent has to release it first.'],
  ])('is told to %s', async (_, file, advice) => {
    await list(file);
    await expect.element(row()).toMatchTextContent(advice);
    await expect.element(button('Release a.pdf')).not.toBeInTheDocument();
  });
});

describe('a release', () => {
  it('asks for a reason, goes by keyboard alone, and gives focus to what can be opened now', async () => {
    await list(encrypted('a.zip', { release: true }), attachmentOf('b.pdf'));
    await expect.element(button('Release a.zip')).toBeVisible();
    (button('Release a.zip').element() as HTMLElement).focus();
    await userEvent.keyboard('{Enter}');
    const dialog = page.getByRole('dialog', { name: 'Release this file?' });
    await expect.element(dialog).toMatchTextContent('It could not be scanned: encrypted.');
    await expect.element(dialog).toMatchTextContent('Ada Lovelace');
    await expect.element(dialog).toMatchTextContent('although nobody has looked into it');
    const reason = page.getByRole('textbox', { name: 'Reason' });
    await expect.element(reason).toHaveFocus();
    await userEvent.keyboard('  {Tab}{Tab}{Enter}');
    await expect.element(page.getByRole('alert')).toHaveFocus();
    await expect.element(page.getByRole('alert')).toMatchTextContent('Enter why you release it');
    expect(api.calls.filter((call) => call.startsWith('release'))).toEqual([]);
    await reason.fill('They rang me');
    await userEvent.keyboard('{Tab}{Tab}{Enter}');
    await expect.element(row().first()).toMatchTextContent('Released by Grace Hopper');
    await expect.element(page.getByText('a.zip is released')).toBeVisible();
    await expect.element(dialog).not.toBeInTheDocument();
    await expect.element(page.getByRole('link', { name: 'Download a.zip' }).first()).toHaveFocus();
    expect(api.calls).toEqual(['list 0', 'release a.zip: They rang me']);
  });

  it('is left by Escape as it was', async () => {
    await list(infected('a.pdf', { release: true }));
    await button('Release a.pdf').click();
    await expect.element(page.getByText(/it can harm their computers/)).toBeVisible();
    await userEvent.keyboard('{Escape}');
    await expect.element(page.getByRole('dialog')).not.toBeInTheDocument();
    await expect.element(button('Release a.pdf')).toHaveFocus();
  });

  it('says why it was refused, and keeps the reason', async () => {
    api.release = () => Promise.reject(new ApiProblem('not_blocked', 409));
    await list(encrypted('a.zip', { release: true }));
    await button('Release a.zip').click();
    await page.getByRole('textbox', { name: 'Reason' }).fill('They rang me');
    await button('Release').click();
    await expect.element(page.getByRole('alert')).toHaveFocus();
    await expect.element(page.getByRole('textbox', { name: 'Reason' })).toHaveValue('They rang me');
  });
});

describe('another scan', () => {
  it('is for administrators, where there is a scanner', async () => {
    await list(attachmentOf('a.pdf', { can: { ...HELD, rescan: true } }));
    await button('Scan a.pdf again').click();
    await expect.element(page.getByText('It is being scanned again')).toBeVisible();
    expect(api.calls).toContain('rescan a.pdf');
  });

  it('is not offered where there is none', async () => {
    api.policyInForce = { ...api.policyInForce, scanning: false };
    await list(attachmentOf('a.pdf', { can: { ...HELD, rescan: true } }));
    await expect.element(row()).toMatchTextContent('Not scanned');
    await expect.element(button('Scan a.pdf again')).not.toBeInTheDocument();
  });
});

describe('a verdict that comes later', () => {
  it('is found in the list without a reload', async () => {
    await list(attachmentOf('a.pdf', { virus_scan_status: 'pending' }));
    await expect.element(row()).toMatchTextContent('Scanning…');
    api.files = api.files.map((file) => ({ ...file, virus_scan_status: 'clean' }));
    await expect.element(row()).toMatchTextContent('Scanned');
    const asked = api.calls.length;
    await new Promise((resolve) => setTimeout(resolve, 1200));
    expect(api.calls).toHaveLength(asked);
  });

  it('is found for a staged file while the person still writes', async () => {
    const upload = stagedOf('a.pdf', { virus_scan_status: 'pending' });
    api.stage = async () => upload;
    api.uploads = [upload];
    await show(<Staging />);
    choose(fileOf('a.pdf'));
    await expect.element(row()).toMatchTextContent(/Ready · .*Scanning…/);
    api.uploads = [{ ...upload, virus_scan_status: 'infected', virus_scan_result: 'Test.Sig' }];
    await expect
      .element(row())
      .toMatchTextContent(
        'Blocked Malware was found: Test.Sig. Nobody will be able to open it. Remove it, and check your computer.',
      );
    await expect
      .element(page.getByText('a.pdf: Malware was found: Test.Sig. Nobody will', { exact: false }))
      .toBeInTheDocument();
  });
});

describe('a desk without a scanner', () => {
  it('says so where files are sent', async () => {
    api.policyInForce = { ...api.policyInForce, scanning: false };
    await show(<Staging />);
    await expect.element(page.getByText('Files are not scanned for viruses here.')).toBeVisible();
  });

  it('is not spoken of where there is one', async () => {
    await show(<Staging />);
    await expect.element(page.getByText(/^Up to/)).toBeVisible();
    await expect.element(page.getByText('Files are not scanned for viruses here.')).not.toBeInTheDocument();
  });
});

function Staging() {
  return <UploadArea uploads={useStagedUploads(api, { draft: 'somebody new-ticket' })} />;
}
