import { defineConfig } from 'vitest/config'
import shared from '../../vitest.shared.ts'

const config = shared(import.meta.dirname)

export default defineConfig({ ...config, test: { ...config.test, name: 'stack', include: ['*.spec.ts', 'get/*.spec.ts'] } })
