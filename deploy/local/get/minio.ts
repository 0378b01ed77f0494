import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { alone, cacheFolder } from './cache.ts'
import { needed, onPath, run } from './run.ts'

/** Release RELEASE.2026-02-12 of github.com/minio/minio (AGPL-3.0; run as a program of its own, never linked). */
export const minioModule = 'github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c'
const buildMs = 30 * 60_000

/**
 * The MinIO server's path: the one on PATH, else one that is built by Go once (about 4 CPU minutes) and kept.
 *
 * @throws VirgaError VIRGA_MISSING_DEPENDENCY when there is neither, or the build fails
 */
export async function getMinio(log: (line: string) => void): Promise<string> {
  const installed = onPath('minio')
  if (installed !== undefined) return installed
  const binary = join(cacheFolder(), 'bin', 'minio')
  return alone('minio', log, async () => {
    if (existsSync(binary)) {
      if (await works(binary)) return binary
      log(`${binary} does not run and is made again`)
      rmSync(binary)
    }
    const go = needed('go', 'to build MinIO', 'install Go 1.24 or newer (https://go.dev/dl), or put a minio on PATH')
    const scratch = join(cacheFolder(), 'minio-build')
    rmSync(scratch, { recursive: true, force: true })
    mkdirSync(scratch, { recursive: true })
    mkdirSync(join(cacheFolder(), 'bin'), { recursive: true })
    log('is built with go install, once; this takes about four minutes')
    const since = Date.now()
    await run(go, ['install', minioModule], { cwd: scratch, env: { GOFLAGS: '-mod=mod', GOBIN: scratch }, timeoutMs: buildMs })
    renameSync(join(scratch, 'minio'), binary)
    rmSync(scratch, { recursive: true, force: true })
    log(`built in ${Math.round((Date.now() - since) / 1000)} s`)
    return binary
  })
}

/** A download or build that broke off leaves a file that does not run to its end. */
async function works(binary: string): Promise<boolean> {
  return run(binary, ['--version'], { timeoutMs: 30_000 }).then(
    (written) => written.includes('minio version'),
    () => false,
  )
}
