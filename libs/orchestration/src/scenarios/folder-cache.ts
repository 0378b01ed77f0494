import { randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { throwIfCancelled } from '@virga/augmentation'
import { isVirgaError } from '@virga/errors'
import type { LocalFiles } from './source.ts'
import { cannotWrite } from './write-files.ts'

interface CacheEntry {
  /** Name of the folder that is filled. */
  readonly name: string
  readonly bytes: number
  readonly signal?: AbortSignal | undefined
  readonly fill: (folder: string) => Promise<void>
}

/** What was used so recently is not removed, whoever holds it. */
const restMs = 60_000
/** Unfinished folders and holds of other machines count as left behind after so long. */
const abandonedMs = 24 * 3_600_000
const sizeFile = '.virga-bytes'

/**
 * Folders by digest: `<root>/<digest>/<name>`, shared by any number of processes. A folder is filled under another name and renamed, so it is
 * there in full or not at all; of two processes that fill the same one, one wins. Who uses one leaves a hold beside it,
 * `<digest>.<host>.<pid>.<random>.hold`; what nobody holds goes, the longest unused first, when all together are too large.
 */
export class FolderCache {
  readonly #root: string
  readonly #maxBytes: number
  readonly #filling = new Map<string, Promise<void>>()

  constructor(root: string, maxBytes: number) {
    this.#root = root
    this.#maxBytes = maxBytes
  }

  /** @throws VirgaError VIRGA_CANNOT_WRITE, VIRGA_DISK_FULL; what `fill` throws */
  async open(digest: string, entry: CacheEntry): Promise<LocalFiles> {
    const place = join(this.#root, digest)
    const hold = `${place}.${hostname()}.${process.pid}.${randomUUID()}.hold`
    await this.#write(hold)
    try {
      while (!(await touched(place))) await this.#filled(digest, place, entry)
    } catch (error) {
      rmSync(hold, { force: true })
      throw error
    }
    return { path: join(place, entry.name), release: () => rmSync(hold, { force: true }) }
  }

  /** Fills the folder, or waits for whoever in this process does; that one's cancelling is not ours. */
  async #filled(digest: string, place: string, entry: CacheEntry): Promise<void> {
    const others = this.#filling.get(digest)
    if (others !== undefined) {
      await others.catch((error: unknown) => {
        if (!(isVirgaError(error) && error.code === 'VIRGA_CANCELLED')) throw error
      })
      throwIfCancelled(entry.signal)
      return
    }
    const filling = this.#fill(place, entry).finally(() => this.#filling.delete(digest))
    this.#filling.set(digest, filling)
    await filling
  }

  async #write(hold: string): Promise<void> {
    try {
      await mkdir(this.#root, { recursive: true })
      await writeFile(hold, '')
    } catch (cause) {
      throw cannotWrite(cause, hold)
    }
  }

  async #fill(place: string, { name, bytes, fill }: CacheEntry): Promise<void> {
    await this.#makeRoom(bytes)
    const partial = `${place}.${randomUUID()}.partial`
    try {
      await mkdir(join(partial, name), { recursive: true })
      await fill(join(partial, name))
      await writeFile(join(partial, sizeFile), String(bytes))
      await rename(partial, place)
    } catch (error) {
      const isThere = error instanceof Error && 'code' in error && (error.code === 'ENOTEMPTY' || error.code === 'EEXIST')
      if (!isThere || !(await touched(place))) throw error
    } finally {
      await rm(partial, { recursive: true, force: true })
    }
  }

  /** Removes what was left behind and, the longest unused first, what does not fit any more beside `bytes`. */
  async #makeRoom(bytes: number): Promise<void> {
    const names = await readdir(this.#root)
    const held = new Set<string>()
    for (const name of names) {
      const path = join(this.#root, name)
      if (name.endsWith('.partial') && (await ageMs(path)) > abandonedMs) await rm(path, { recursive: true, force: true })
      if (!name.endsWith('.hold')) continue
      if (await isLeftBehind(path, name)) await rm(path, { force: true })
      else held.add(name.slice(0, name.indexOf('.')))
    }
    const entries: { path: string; bytes: number; ageMs: number }[] = []
    for (const name of names.filter((name) => !name.includes('.'))) {
      const path = join(this.#root, name)
      const size = Number(await readFile(join(path, sizeFile), 'utf8').catch(() => '0'))
      entries.push({ path, bytes: size, ageMs: held.has(name) ? -1 : await ageMs(path) })
    }
    let total = entries.reduce((sum, entry) => sum + entry.bytes, bytes)
    for (const entry of entries.sort((a, b) => b.ageMs - a.ageMs)) {
      if (total <= this.#maxBytes || entry.ageMs < restMs) return
      // Asked again: it may have been taken meanwhile, which touches it.
      if ((await ageMs(entry.path)) < restMs) continue
      const gone = `${entry.path}.${randomUUID()}.partial`
      const isGone = await rename(entry.path, gone).then(
        () => true,
        () => false,
      )
      if (isGone) await rm(gone, { recursive: true, force: true })
      total -= entry.bytes
    }
  }
}

/** Marks a folder as used now; false when there is none. */
async function touched(path: string): Promise<boolean> {
  const now = new Date()
  return utimes(path, now, now).then(
    () => true,
    () => false,
  )
}

/** 0 for what is gone. */
async function ageMs(path: string): Promise<number> {
  const facts = await stat(path).catch(() => undefined)
  return facts === undefined ? 0 : Date.now() - facts.mtimeMs
}

/** A hold of a process of this machine that is no more, or an old one of another machine. */
async function isLeftBehind(path: string, name: string): Promise<boolean> {
  const parts = name.split('.')
  const [pid, host] = [Number(parts.at(-3)), parts.slice(1, -3).join('.')]
  if (host !== hostname()) return (await ageMs(path)) > abandonedMs
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'EPERM')
  }
}
