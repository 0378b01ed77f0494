import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))))

/** Where what was got and built is kept: VIRGA_STACK_CACHE, else `.cache/stack` in the checkout. */
export const cacheFolder = (): string => process.env.VIRGA_STACK_CACHE ?? join(root, '.cache', 'stack')

/**
 * Runs the work in one process at a time. The lock is one of the operating system (that of an SQLite file), so it ends with its holder however that dies.
 */
export async function alone<Result>(name: string, log: (line: string) => void, work: () => Promise<Result>): Promise<Result> {
  const folder = join(cacheFolder(), 'locks')
  mkdirSync(folder, { recursive: true })
  const lock = new DatabaseSync(join(folder, `${name}.lock`), { timeout: 0 })
  try {
    for (let told = false; !tryLock(lock); told = true) {
      if (!told) log('waits for another process that gets it')
      await sleep(200)
    }
    return await work()
  } finally {
    lock.close()
  }
}

function tryLock(lock: DatabaseSync): boolean {
  try {
    lock.exec('BEGIN EXCLUSIVE')
    return true
  } catch (error) {
    if (error instanceof Error && 'errcode' in error && Number(error.errcode) % 256 === 5) return false // SQLITE_BUSY
    throw error
  }
}
