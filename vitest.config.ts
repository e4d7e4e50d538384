import { availableParallelism } from 'node:os';
import { playwright } from '@vitest/browser-playwright';
import { defaultExclude, defineConfig, type TestProjectConfiguration } from 'vitest/config';
import { CHROMIUM_ARGS, findChromium } from './scripts/chromium.ts';
import { LongestFirst } from './server/test/support/longest-first.ts';

/** What another PostgreSQL, given by DATABASE_URL, makes no difference to. */
const WITHOUT_DATABASE = [
  'server/test/{crash,deploy,docs,drills,house,instances,scripts}/**',
  'server/test/attachments/{inspect,store}/**',
  'server/test/attachments/{content-disposition,file-name,hashing,spool,verified}.test.ts',
  'server/test/attachments/scan/{both,clamav,hostile-clamd,probe,virustotal}.test.ts',
  'server/test/cli/{backup,doctor,process,rescan,serve,signals,storage,web-app}.test.ts',
  'server/test/http/{broken-request,download-clients,openapi,preview,range,s3,scanning,sealed,tus-clients,web}.test.ts',
  'server/test/http/upload-{body,framing,malformed,pace}.test.ts',
  'server/test/config.test.ts',
  'server/test/db/embedded*/**',
  'server/test/db/embedded.test.ts',
];

/** The web app's components, in a real browser. */
const webProject = (executablePath: string): TestProjectConfiguration => ({
  extends: 'web/vite.config.ts',
  // Found before the first test: a package that is met later makes Vite reload the page under it.
  optimizeDeps: { entries: ['src/**/*.{ts,tsx}', 'test/**/*.{ts,tsx}'] },
  test: {
    name: 'web',
    include: ['web/test/**/*.test.{ts,tsx}'],
    setupFiles: 'web/test/support/set-up.ts',
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider: playwright({ launchOptions: { executablePath, args: CHROMIUM_ARGS } }),
      instances: [{ browser: 'chromium' }],
      viewport: { width: 1024, height: 768 },
    },
  },
});

// What DATABASE_URL makes no difference to is not asked of a second database.
const chromium = process.env.DATABASE_URL ? undefined : findChromium();

export default defineConfig({
  test: {
    // What waits for a disk or a clock leaves room for another.
    maxWorkers: availableParallelism() + 1,
    sequence: { sequencer: LongestFirst },
    coverage: {
      provider: 'v8',
      include: ['server/src/**', 'web/src/**/*.{ts,tsx}'],
      // Also when a test fails: what comes after needs it.
      reportOnFailure: true,
      // Of the web app, the journeys run a good part: scripts/coverage.ts adds it.
      thresholds: { 'server/src/**': { lines: 90 } },
    },
    projects: [
      {
        test: {
          name: 'server',
          include: ['server/test/**/*.test.ts'],
          exclude: [...defaultExclude, ...(process.env.DATABASE_URL ? WITHOUT_DATABASE : [])],
          globalSetup: 'server/test/support/global-setup.ts',
          setupFiles: process.argv.some((word) => word.startsWith('--coverage'))
            ? ['server/test/support/coverage-mode.ts']
            : [],
          pool: 'forks',
          // Real parts on a busy machine: a test that hangs is found out all the same.
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      ...(chromium ? [webProject(chromium)] : []),
    ],
  },
});
