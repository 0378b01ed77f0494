import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'

export const workspace = resolve(import.meta.dirname, '..')
const launcher = join(workspace, 'apps', 'cli', 'bin', 'virga')

/** A real Argoverse 2 log without camera images; not part of the project. */
export const realLog = join(
  resolve(workspace, process.env.VIRGA_DATA ?? '../shared/data'),
  'av2_sensor',
  '7fab2350-7eaf-3b7e-a39d-6937a4c1bede',
)
export const hasRealLog = existsSync(realLog)
export const hasMini = existsSync(join(workspace, 'models', 'mini', 'manifest.json'))

export interface Finished {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface Started {
  readonly child: ChildProcess
  readonly done: Promise<Finished>
  /** Resolves when the text has appeared on stderr. */
  saw(text: string): Promise<void>
}

/** Starts the command as a user does, through its launcher. */
export function start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Started {
  const child = spawn(launcher, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  let stdout = ''
  let stderr = ''
  const waiting: { text: string; resolve: () => void }[] = []
  child.stdout.on('data', (part: Buffer) => (stdout += part.toString()))
  child.stderr.on('data', (part: Buffer) => {
    stderr += part.toString()
    for (const { text, resolve: wake } of waiting) if (stderr.includes(text)) wake()
  })
  const done = new Promise<Finished>((settle) => {
    child.on('close', (code, signal) => {
      for (const { resolve: wake } of waiting) wake()
      settle({ code, signal, stdout, stderr })
    })
  })
  const saw = (text: string): Promise<void> =>
    stderr.includes(text) ? Promise.resolve() : new Promise((wake) => waiting.push({ text, resolve: wake }))
  return { child, done, saw }
}

export function virga(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Finished> {
  return start(args, env).done
}

/** Relative path and SHA-256 of every file below a folder. */
export async function digests(folder: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {}
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    found[path.slice(folder.length + 1)] = createHash('sha256')
      .update(await readFile(path))
      .digest('hex')
  }
  return found
}
