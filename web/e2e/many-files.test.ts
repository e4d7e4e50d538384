import { loadavg } from 'node:os';
import type { Locator, Page } from '@playwright/test';
import { expect, signIn, test } from './desk.ts';

test.setTimeout(180_000);

const FILES = 200;
/** ms by the clock; the goal is 500 on a machine that does nothing else, which one that runs tests is not. */
const TO_OPEN = 3000;
/** Of the processor, in a frame: a frame of 60 a second has 16.7 ms. */
const FRAME = 1000 / 60;
/** ms by the clock, as well. */
const LONGEST_TASK = 1000;

test('a ticket with 200 files opens fast, scrolls smoothly, and asks for nothing twice', async ({
  page,
  desk,
}) => {
  await signIn(page, await desk.hire('Priya Nair', 'agent'));
  const headers = { origin: desk.url };
  await openTicket(page, headers, 'No files', 0);
  const id = await openTicket(page, headers, 'Many files', FILES);
  await page.goto('/tickets?view=open');
  await expect(linkTo(page, 'Many files')).toBeVisible();
  await page.waitForLoadState('networkidle');
  const first = await timeToOpen(page, 'No files', 'article');
  await page.goBack();
  await expect(linkTo(page, 'Many files')).toBeVisible();

  const asked = listen(page);
  const fresh = await timeToOpen(page, 'Many files', 'li[data-file]');
  await page.waitForLoadState('networkidle');
  expect(asked.toSorted()).toEqual([
    `GET /api/v1/tickets/${id}`,
    // The first message shows its oldest files, which the list comes to last.
    `GET /api/v1/tickets/${id}/attachments?on=ticket&skip=0&limit=100`,
    `GET /api/v1/tickets/${id}/attachments?on=ticket&skip=100&limit=100`,
    `GET /api/v1/tickets/${id}/attachments?skip=0&limit=50`,
    `GET /api/v1/tickets/${id}/replies?skip=0&limit=100`,
  ]);

  const opening = page.getByRole('article', { name: 'Priya Nair wrote' });
  await expect(opening.getByRole('listitem').first()).toContainText('report 1.txt');
  await expect(opening.getByRole('button', { name: `Show ${FILES - 12} more files` })).toBeVisible();

  await page.goBack();
  await expect(linkTo(page, 'Many files')).toBeVisible();
  const again = await timeToOpen(page, 'Many files', 'li[data-file]');
  await page.waitForLoadState('networkidle');
  expect(asked).toHaveLength(5);

  const load = loadavg()[0]?.toFixed(1);
  console.log(`a ticket with 200 files opens in ${fresh} ms, again in ${again} ms (load ${load})`);
  console.log(`the first ticket of all, with its code, opens in ${first} ms`);
  expect(fresh).toBeLessThan(TO_OPEN);
  expect(again).toBeLessThan(TO_OPEN);

  const { frames, cpu, longest, seconds } = await scrollToTheEnd(page);
  console.log(
    `scrolling through them: ${(cpu / frames).toFixed(1)} ms of work a frame, ${(frames / seconds).toFixed(0)} frames a second, longest task ${longest.toFixed(0)} ms`,
  );
  await expect(page.getByRole('list', { name: 'Files', exact: true }).getByRole('listitem')).toHaveCount(
    FILES,
  );
  expect(cpu / frames).toBeLessThan(FRAME);
  expect(longest).toBeLessThan(LONGEST_TASK);
  expect(asked.filter((call, index) => asked.indexOf(call) !== index)).toEqual([]);
  expect(asked.filter((call) => call.includes(`/tickets/${id}/attachments?skip`))).toHaveLength(FILES / 50);
});

async function openTicket(
  page: Page,
  headers: { origin: string },
  subject: string,
  files: number,
): Promise<string> {
  const data = { subject, description: 'All **here**.' };
  const made = await page.request.post('/api/v1/tickets', { headers, data });
  const { id } = (await made.json()) as { id: string };
  for (let number = 1; number <= files; number++) {
    const file = { name: `report ${number}.txt`, mimeType: 'text/plain', buffer: Buffer.from(`${number}`) };
    const multipart = { file };
    const sent = await page.request.post(`/api/v1/tickets/${id}/attachments`, { headers, multipart });
    expect(sent.status()).toBe(201);
  }
  return id;
}

function linkTo(page: Page, subject: string): Locator {
  return page.getByRole('link', { name: subject });
}

/** Every call of the API from now on. */
function listen(page: Page): string[] {
  const asked: string[] = [];
  page.on('request', (request) => {
    const { pathname, search } = new URL(request.url());
    if (pathname.startsWith('/api/')) asked.push(`${request.method()} ${pathname}${search}`);
  });
  return asked;
}

/** ms from the press on a link of the list to the frame that shows the first `element`. */
function timeToOpen(page: Page, subject: string, element: string): Promise<number> {
  return linkTo(page, subject).evaluate(
    (link: HTMLElement, element) =>
      new Promise<number>((resolve) => {
        const start = performance.now();
        const look = () => {
          if (!document.querySelector(element)) requestAnimationFrame(look);
          else requestAnimationFrame(() => setTimeout(() => resolve(Math.round(performance.now() - start))));
        };
        link.click();
        look();
      }),
    element,
  );
}

interface Scroll {
  frames: number;
  /** ms that the page's own thread had the processor. */
  cpu: number;
  /** ms by the clock. */
  longest: number;
  seconds: number;
}

/** As fast as a wheel turns, until every file is there and the page is at its end. */
async function scrollToTheEnd(page: Page): Promise<Scroll> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const cpuSoFar = async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN);
  };
  const before = await cpuSoFar();
  const scrolled = await page.evaluate(
    (files) =>
      new Promise<Omit<Scroll, 'cpu'>>((resolve) => {
        let frames = 0;
        let longest = 0;
        new PerformanceObserver((list) => {
          for (const { duration } of list.getEntries()) longest = Math.max(longest, duration);
        }).observe({ type: 'longtask' });
        const start = performance.now();
        const step = () => {
          frames++;
          window.scrollBy(0, 40);
          const { scrollHeight } = document.documentElement;
          const atEnd = window.scrollY + window.innerHeight >= scrollHeight - 1;
          const complete = document.querySelectorAll('li[data-file]').length >= files;
          if (atEnd && complete) resolve({ frames, longest, seconds: (performance.now() - start) / 1000 });
          else requestAnimationFrame(step);
        };
        step();
      }),
    FILES,
  );
  return { ...scrolled, cpu: (await cpuSoFar()) - before };
}
