import { basename, join } from 'node:path'
import type { ViteUserConfig } from 'vitest/config'

/**
 * The settings that every project's tests share.
 *
 * Tests run in forked processes: native add-ons (Dawn, FFmpeg, onnxruntime) hold process-wide state that worker threads would share.
 *
 * @param projectRoot absolute path of the project's folder; its name becomes the name shown by the runner
 */
export default function shared(projectRoot: string): ViteUserConfig {
  return {
    root: projectRoot,
    test: {
      name: basename(projectRoot),
      include: ['src/**/*.spec.ts', 'test/**/*.spec.ts'],
      pool: 'forks',
      // Real Kafka, MinIO and PostgreSQL for the spec files that ask for them.
      globalSetup: [join(import.meta.dirname, 'deploy', 'local', 'vitest.setup.ts')],
      testTimeout: 180_000,
      hookTimeout: 300_000,
      passWithNoTests: true,
    },
  }
}
