import { defineConfig } from 'vitest/config'
import shared from '../../vitest.shared.ts'

const config = shared(import.meta.dirname)

/** These specs start servers of their own, which they kill: one file at a time, so that two cores are enough. */
export default defineConfig({
  ...config,
  test: { ...config.test, name: 'distributed', include: ['**/*.spec.ts'], fileParallelism: false },
})
