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
        },
      },
    ],
  },
});
