import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    projects: [
      'libs/*/vitest.config.ts',
      'apps/cli/vitest.config.ts',
      'test/vitest.config.ts',
      'test/conditions/vitest.config.ts',
      'test/heldout/vitest.config.ts',
    ],
    maxWorkers: 2,
    reporters: ['default', './tools/closing-line.reporter.ts'],
  },
})
