import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { VirgaError } from '@virga/errors'
import { alone, cacheFolder } from './cache.ts'
import { needed, run } from './run.ts'

const version = 'v2.16.2'
const buildMs = 5 * 60_000

/**
 * compose-go, the reader of `docker compose` itself, as a program that checks a file and prints it as it is understood: the published JSON schema of the
 * compose specification, interpolation and merges, but not whether what is named exists. Built by Go once (half a CPU minute) and kept.
 *
 * @throws VirgaError VIRGA_MISSING_DEPENDENCY without Go, or when it cannot be fetched
 */
export function getComposeCheck(log: (line: string) => void): Promise<string> {
  return alone('compose-check', log, async () => {
    const binary = join(cacheFolder(), 'bin', `compose-check-${version}`)
    if (existsSync(binary)) return binary
    const go = needed('go', 'to check compose.yaml', 'install Go 1.24 or newer (https://go.dev/dl)')
    const scratch = join(cacheFolder(), 'compose-check-build')
    rmSync(scratch, { recursive: true, force: true })
    mkdirSync(scratch, { recursive: true })
    mkdirSync(join(cacheFolder(), 'bin'), { recursive: true })
    const module = `github.com/compose-spec/compose-go/v2/cmd@${version}`
    await run(go, ['install', module], { cwd: scratch, env: { GOFLAGS: '-mod=mod', GOBIN: scratch }, timeoutMs: buildMs })
    renameSync(join(scratch, 'cmd'), binary)
    rmSync(scratch, { recursive: true, force: true })
    return binary
  })
}

/**
 * The file as `docker compose` understands it.
 *
 * @throws VirgaError VIRGA_BAD_INPUT with the reader's reason when it would refuse the file
 */
export async function readCompose(binary: string, file: string): Promise<unknown> {
  try {
    return JSON.parse(await run(binary, ['-format', 'json', file], { timeoutMs: 60_000 }))
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new VirgaError('VIRGA_BAD_INPUT', reason, { file }, { cause })
  }
}
