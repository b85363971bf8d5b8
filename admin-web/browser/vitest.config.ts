import { defineConfig } from 'vitest/config';

// One browser and one installation: the files run one after the other. A loaded machine takes its time.
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['**/*.test.ts'],
    environment: 'node',
    globalSetup: 'browser.ts',
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
