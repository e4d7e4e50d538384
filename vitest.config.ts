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

export default defineConfig({
  test: {
    // What waits for a disk or a clock leaves room for another.
    maxWorkers: '100%',
    coverage: { provider: 'v8', include: ['server/src/**'] },
    projects: [
      {
        test: {
          name: 'server',
          include: ['server/test/**/*.test.ts'],
          exclude: [...defaultExclude, ...(process.env.DATABASE_URL ? WITHOUT_DATABASE : [])],
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
