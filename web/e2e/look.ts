import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect } from './desk.ts';

/** WCAG 2.2 to level AA, and what axe advises beyond it. */
const STANDARD = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** Themes differ in their colours, and in nothing else. */
const OF_COLOURS = ['color-contrast', 'link-in-text-block'];
export const WIDE = 1280;
export const NARROW = 320;

/** What is wrong with the page as it stands: for axe in both themes and with little room, where nothing may stick out. */
export async function look(page: Page, widths = [WIDE, NARROW]): Promise<void> {
  const wrong = new Set<string>();
  for (const width of widths) {
    await page.setViewportSize({ width, height: 800 });
    await unfold(page);
    for (const theme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      await page.locator(`html[data-theme=${theme}]`).waitFor();
      await settle(page);
      // In this mode it opens no page beside this one, which would take longer than all the rest.
      const axe = new AxeBuilder({ page }).setLegacyMode();
      if (theme === 'light') axe.withTags(STANDARD);
      else axe.withRules(OF_COLOURS);
      // A menu belongs to its button, wherever it stands in the document.
      if (await page.getByRole('menu').count()) axe.disableRules('region');
      const { violations } = await axe.analyze();
      for (const { id, nodes } of violations) {
        for (const { html } of nodes) wrong.add(`${theme} ${width} ${id}: ${html.slice(0, 300)}`);
      }
    }
    const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    if (over > 0) wrong.add(`${width} is ${over} too wide`);
  }
  await page.setViewportSize({ width: WIDE, height: 800 });
  expect.soft([...wrong], page.url()).toEqual([]);
}

/** What is folded is looked at as well. */
async function unfold(page: Page): Promise<void> {
  await page.evaluate(() => {
    for (const part of document.querySelectorAll('details')) part.open = true;
  });
  await page.waitForLoadState('networkidle');
}

/** Until the app's own transitions have ended, which axe would look into the middle of. */
async function settle(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    const ending = document
      .getAnimations()
      .filter(({ effect }) => effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY);
    await Promise.allSettled(ending.map(({ finished }) => finished));
  });
}
