import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { VirgaError } from '@virga/errors'

/** What is kept of a server: enough to know it again when process ids have been handed out anew. */
interface Kept {
  readonly pid: number
  readonly startedAt: string
  /** The process that started it. */
  readonly owner: number
  readonly ownerStartedAt: string
}

const folderOf = (stack: string): string => join(stack, 'pids')

export function remember(stack: string, name: string, pid: number): void {
  mkdirSync(folderOf(stack), { recursive: true })
  const kept: Kept = { pid, startedAt: startOf(pid), owner: process.pid, ownerStartedAt: startOf(process.pid) }
  writeFileSync(join(folderOf(stack), `${name}.json`), JSON.stringify(kept))
}

export function forget(stack: string, name: string): void {
  rmSync(join(folderOf(stack), `${name}.json`), { force: true })
}

/**
 * Ends the servers that a killed stack left running over the same folder.
 *
 * @throws VirgaError VIRGA_WRONG_STATE when a stack that is alive uses the folder
 */
export async function stopStale(stack: string, log: (line: string) => void): Promise<void> {
  for (const [name, kept] of keptIn(stack)) {
    const isThere = () => kept.startedAt !== '' && startOf(kept.pid) === kept.startedAt
    if (isThere() && kept.ownerStartedAt !== '' && startOf(kept.owner) === kept.ownerStartedAt)
      throw new VirgaError('VIRGA_WRONG_STATE', `another stack (process ${kept.owner}) uses this folder`, { file: stack })
    if (isThere()) {
      log(`${name}: process ${kept.pid} was left by a killed stack and is ended`)
      process.kill(kept.pid, name === 'postgres' ? 'SIGINT' : 'SIGTERM')
      for (let i = 0; i < 200 && isThere(); i++) await sleep(50)
      if (isThere()) process.kill(kept.pid, 'SIGKILL')
    }
    forget(stack, name)
  }
}

/** Whether a process that is alive has servers over this folder. */
export function isInUse(stack: string): boolean {
  return keptIn(stack).some(([, { owner, ownerStartedAt }]) => ownerStartedAt !== '' && startOf(owner) === ownerStartedAt)
}

function keptIn(stack: string): [string, Kept][] {
  try {
    return readdirSync(folderOf(stack)).map((file) => [
      file.replace(/\.json$/, ''),
      JSON.parse(readFileSync(join(folderOf(stack), file), 'utf8')) as Kept,
    ])
  } catch {
    return []
  }
}

/**
 * When the process was started, as text that tells it from a later one with the same id; empty when there is none.
 * Linux: field 22 of /proc/PID/stat (proc_pid_stat(5)), elsewhere what ps says.
 */
function startOf(pid: number): string {
  if (process.platform === 'linux') {
    try {
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
      return fields[0] === 'Z' ? '' : (fields[19] ?? '')
    } catch {
      return ''
    }
  }
  const asked = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } })
  return asked.stdout?.trim() ?? ''
}
