import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    projects: [
      'libs/*/vitest.config.ts',
      'apps/*/vitest.config.ts',
      'deploy/local/vitest.config.ts',
      'test/vitest.config.ts',
      'test/*/vitest.config.ts',
    ],
    maxWorkers: 2,
    reporters: ['default', './tools/closing-line.reporter.ts'],
  },
})
