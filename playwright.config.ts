import { defineConfig } from '@playwright/test';
import { CHROMIUM_ARGS, findChromium } from './scripts/chromium.ts';

const executablePath = findChromium();

/** A name that is not this machine's own: what is opened at it over plain HTTP is no secure context. */
const ELSEWHERE = '--host-resolver-rules=MAP docket.test 127.0.0.1';

/** People at a real server, each worker at one of its own with a temporary data folder. */
export default defineConfig({
  testDir: 'web/e2e',
  testMatch: executablePath ? '**/*.test.ts' : [],
  forbidOnly: Boolean(process.env.CI),
  fullyParallel: false,
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  outputDir: 'test-results',
  reporter: 'list',
  use: {
    browserName: 'chromium',
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    timezoneId: 'UTC',
    trace: 'retain-on-failure',
    launchOptions: { ...(executablePath && { executablePath }), args: [...CHROMIUM_ARGS, ELSEWHERE] },
  },
});
