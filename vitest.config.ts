import { defaultExclude, defineConfig } from 'vitest/config';

/** What another PostgreSQL, given by DATABASE_URL, makes no difference to. */
const WITHOUT_DATABASE = [
  'server/test/{crash,docs,drills,house}/**',
  'server/test/attachments/inspect/**',
  'server/test/cli/serve.test.ts',
  'server/test/config.test.ts',
  'server/test/db/embedded*/**',
  'server/test/db/embedded.test.ts',
];

/**
 * Its figure hangs on when V8 collects buffers: 64 to 115 MB for the short form on a busy machine, so that it would fail
 * by chance. `DOCKET_TEST_MEMORY=50x50` runs it, until the server bounds its garbage better.
 */
const ON_REQUEST = process.env.DOCKET_TEST_MEMORY ? [] : ['server/test/drills/memory.test.ts'];

export default defineConfig({
  test: {
    coverage: { provider: 'v8', include: ['server/src/**'] },
    projects: [
      {
        test: {
          name: 'server',
          include: ['server/test/**/*.test.ts'],
          exclude: [...defaultExclude, ...ON_REQUEST, ...(process.env.DATABASE_URL ? WITHOUT_DATABASE : [])],
          globalSetup: 'server/test/support/global-setup.ts',
          pool: 'forks',
          // Real parts on a busy machine: a test that hangs is found out all the same.
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
