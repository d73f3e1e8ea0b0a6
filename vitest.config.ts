import { defineConfig } from 'vitest/config';

// Tests read the sources of every workspace through the `llambo:source` export condition: no build in between.
const conditions = ['llambo:source', 'node', 'import', 'default'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'test/**/*.test.ts'],
    testTimeout: 30_000,
    pool: 'forks',
  },
});
