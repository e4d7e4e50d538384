/** The browser of the tests: a Chromium or Chrome that is here anyway. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The same engine without windows and their buttons, nor a viewer for PDFs: half the work for the same pages. */
const SHELL = 'chromium-headless-shell';
const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const PLACES = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

const MISSING =
  'There is no Chromium or Chrome: install one (on Debian, apt-get install chromium), or say where it is with DOCKET_TEST_CHROMIUM.';

/**
 * The path of the browser. Where there is none, nothing at all, after saying loudly what to install; in CI that is
 * an error.
 */
export function findChromium(): string | undefined {
  return find([SHELL, ...BROWSERS]);
}

/** The same, with all that people have in theirs. */
export function findWholeBrowser(): string | undefined {
  return find(BROWSERS);
}

function find(names: string[]): string | undefined {
  const named = process.env.DOCKET_TEST_CHROMIUM;
  const inPath = (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)));
  const found = (named ? [named] : [...inPath, ...PLACES]).find(isProgram);
  if (found) return found;
  if (process.env.CI) throw new Error(MISSING);
  console.warn(`\nThe tests in a browser are SKIPPED. ${MISSING}\n`);
  return undefined;
}

/** No network of its own, and no sandbox where Chromium would refuse to start in one: as root. */
export const CHROMIUM_ARGS = [
  ...['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync', '--disable-dev-shm-usage'],
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
];

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
