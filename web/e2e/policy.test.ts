import { expect, test } from './desk.ts';

test('a page that breaks its policy fails its journey', async ({ page, breaches }) => {
  await page.goto('/sign-in');
  await page.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'document.title = "inline"';
    document.head.append(script);
  });
  await expect(() => {
    expect(breaches).toContainEqual(expect.stringMatching(/^script-src-elem: inline/));
    expect(breaches).toContainEqual(expect.stringMatching(/Content Security Policy/));
  }).toPass();
  expect(await page.title()).not.toBe('inline');
  breaches.splice(0);
});
