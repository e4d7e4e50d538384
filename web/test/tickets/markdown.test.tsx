import { describe, expect, it, test } from 'vitest';
import { page } from 'vitest/browser';
import MarkdownText from '../../src/tickets/MarkdownText.tsx';
import { show } from '../support/show.tsx';

const write = (text: string) => show(<MarkdownText text={text} />);
const links = () =>
  page
    .getByRole('link')
    .elements()
    .map((link) => [link.textContent, link.getAttribute('href')]);

describe('an address in the text', () => {
  test.each([
    ['See https://example.com/a?b=c#d.', 'https://example.com/a?b=c#d', 'https://example.com/a?b=c#d'],
    ['(http://example.com/x)', 'http://example.com/x', 'http://example.com/x'],
    ['At www.example.com, there.', 'www.example.com', 'http://www.example.com'],
    ['Ask help@example.com!', 'help@example.com', 'mailto:help@example.com'],
    ['**https://example.com**', 'https://example.com', 'https://example.com'],
    ['[here](https://example.com)', 'here', 'https://example.com'],
    ['[there](/tickets/1)', 'there', '/tickets/1'],
  ])('%s is a link', async (text, words, href) => {
    await write(text);
    expect(links()).toEqual([[words, href]]);
    expect(page.getByRole('link').element().getAttribute('rel')).toBe('noopener noreferrer nofollow');
  });

  test.each([
    '`https://example.com`',
    '[x](javascript:alert(1))',
    '[x](JavaScript:alert(1))',
    '[x](data:text/html,x)',
    '[x](vbscript:x)',
    '[x](irc://example.com)',
    '[x](&#106;avascript:alert(1))',
    '<javascript:alert(1)>',
    'ftp://example.com',
    '<a href="https://example.com">x</a>',
  ])('%s is none', async (text) => {
    const screen = await write(text);
    await expect.element(screen.container).not.toBeEmptyDOMElement();
    expect(document.querySelectorAll('.markdown a')).toHaveLength(0);
  });

  it('opens beside the ticket, but a mailbox in its own program', async () => {
    await write('https://example.com and help@example.com');
    const targets = page.getByRole('link').elements();
    expect(targets.map((link) => link.getAttribute('target'))).toEqual(['_blank', null]);
  });
});

it('shows no picture but the ticket’s own files', async () => {
  await write('![a](https://example.com/a.png) ![b](attachment:00000000-0000-4000-8000-000000000001)');
  const pictures = page.getByRole('img').elements();
  expect(pictures.map((picture) => picture.getAttribute('src'))).toEqual([
    '/api/v1/attachments/00000000-0000-4000-8000-000000000001/preview',
  ]);
});

describe('a picture of the ticket', () => {
  const ID = '00000000-0000-4000-8000-000000000007';
  const TEXT = `![the screen](attachment:${ID})`;

  it('that is still being scanned is asked for once it may be shown', async () => {
    const screen = await show(<MarkdownText text={TEXT} hidden={ID} />);
    await expect.element(page.getByText('[the screen]')).toBeVisible();
    expect(screen.container.querySelector('img')).toBeNull();
    await screen.showInstead(<MarkdownText text={TEXT} hidden="" />);
    expect(screen.container.querySelector('img')?.getAttribute('src')).toBe(
      `/api/v1/attachments/${ID}/preview`,
    );
  });
});
