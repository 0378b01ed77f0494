import { basename } from 'node:path'
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
      testTimeout: 180_000,
      hookTimeout: 300_000,
      passWithNoTests: true,
    },
  }
}
