import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { canonicalJson } from '@virga/augmentation'

/**
 * What has been measured, kept in files named by the digest of all that it depends on: a run that was killed goes on behind what it has, and two
 * processes can share the work.
 */
export class Measurements<Row> {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  /** The rows of a key that is in the store. */
  async known(key: unknown): Promise<Row[] | undefined> {
    const text = await readFile(this.#path(key), 'utf8').catch(() => undefined)
    return text === undefined ? undefined : (JSON.parse(text) as { rows: Row[] }).rows
  }

  /** The rows of a key: measured now where they are not known. */
  async of(key: unknown, measure: () => Promise<Row[]>): Promise<Row[]> {
    const known = await this.known(key)
    if (known !== undefined) return known
    const rows = await measure()
    const path = this.#path(key)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(`${path}.${process.pid}.part`, JSON.stringify({ key, rows }))
    await rename(`${path}.${process.pid}.part`, path)
    return rows
  }

  #path(key: unknown): string {
    return join(this.#folder, `${createHash('sha256').update(canonicalJson(key)).digest('hex').slice(0, 32)}.json`)
  }
}
