import { spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { VirgaError } from '@virga/errors'

/** The program's path on PATH; undefined when it is not there. */
export function onPath(program: string): string | undefined {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, program))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK)
        return true
      } catch {
        return false
      }
    })
}

/** @throws VirgaError VIRGA_MISSING_DEPENDENCY that says what the program is wanted for and how to get it */
export function needed(program: string, why: string, install: string): string {
  const path = onPath(program)
  if (path === undefined) throw new VirgaError('VIRGA_MISSING_DEPENDENCY', `no ${program} on PATH, wanted ${why}: ${install}`)
  return path
}

/**
 * Runs a program to its end and gives what it wrote.
 *
 * @throws VirgaError VIRGA_MISSING_DEPENDENCY with the end of what it wrote when it fails or takes longer than timeoutMs
 */
export function run(
  command: string,
  args: readonly string[],
  options: { cwd?: string; env?: Record<string, string>; timeoutMs: number },
): Promise<string> {
  return new Promise((resolve, reject) => {
    const { cwd, env, timeoutMs } = options
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'], timeout: timeoutMs })
    let written = ''
    const take = (bytes: Buffer) => (written = (written + bytes.toString()).slice(-100_000))
    child.stdout.on('data', take)
    child.stderr.on('data', take)
    const fail = (why: string) => {
      const message = `${[command, ...args].join(' ')} ${why}: ${written.trim().slice(-1500)}`
      reject(new VirgaError('VIRGA_MISSING_DEPENDENCY', message))
    }
    child.once('error', (error) => fail(error.message))
    child.once('close', (code, signal) =>
      code === 0 ? resolve(written) : fail(signal === null ? `gave status ${code}` : `was ended by ${signal}`),
    )
  })
}
