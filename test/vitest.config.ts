import { defineConfig } from 'vitest/config'
import shared from '../vitest.shared.ts'

const config = shared(import.meta.dirname)

/** End-to-end tests start real processes that render and generate: slow on a busy machine, so they get more time. */
export default defineConfig({
  ...config,
  test: { ...config.test, name: 'end-to-end', include: ['*.spec.ts'], testTimeout: 900_000, hookTimeout: 900_000 },
})
