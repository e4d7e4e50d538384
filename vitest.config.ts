import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    coverage: { provider: 'v8', include: ['server/src/**'] },
    projects: [
      {
        test: {
          name: 'server',
          include: ['server/test/**/*.test.ts'],
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
