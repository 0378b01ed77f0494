import { readFileSync, rmSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { makeFolder } from './make-folder.ts'
import { writeError } from './write-errors.ts'

/** A folder for this process's unfinished files. */
export interface Scratch {
  readonly folder: string
  /** A path in the folder that no other call gets. */
  path(suffix: string): string
  /** Removes the folder and all in it; synchronous, so that it can run when the process is about to end. */
  remove(): void
}

/**
 * Opens a scratch folder below `root`, and removes those of processes that are gone: what a killed run left behind.
 *
 * The folder's name holds host, process id and the process's start time, so a recycled id is not taken for the old process, and the
 * folders of other hosts on a shared disk are left alone.
 *
 * @throws VirgaError VIRGA_CANNOT_WRITE, VIRGA_DISK_FULL
 */
export async function openScratch(root: string): Promise<Scratch> {
  const host = hostname().replaceAll(/[^A-Za-z0-9-]/g, '-')
  const nonce = Math.random().toString(36).slice(2, 8)
  const folder = join(root, `${host}.${process.pid}.${startOf(process.pid) ?? 0}.${nonce}`)
  try {
    await makeFolder(folder)
    await removeAbandoned(root, host)
  } catch (cause) {
    throw writeError(cause, root)
  }
  let count = 0
  return {
    folder,
    path: (suffix) => join(folder, `${++count}${suffix}`),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

async function removeAbandoned(root: string, host: string): Promise<void> {
  for (const name of await readdir(root)) {
    const [itsHost, pid, start] = name.split('.')
    if (itsHost !== host || pid === undefined || start === undefined) continue
    if (startOf(Number(pid)) === Number(start) || (start === '0' && isAlive(Number(pid)))) continue
    await rm(join(root, name), { recursive: true, force: true })
  }
}

/** When a process started, in clock ticks since boot (field 22 of /proc/<pid>/stat); undefined when it is gone or there is no /proc. */
function startOf(pid: number): number | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[19])
  } catch {
    return undefined
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
