import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** The name of a file while it is written: hidden, beside its final place, telling whose it is, so that what a dead process left is found. */
export function partialName(path: string): string {
  return join(dirname(path), `.${basename(path)}.${process.pid}-0.partial`)
}

/** Writes a file under its partial name and then gives it its own: a reader sees the old content or the new. */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const partial = partialName(path)
  try {
    await writeFile(partial, content)
    await rename(partial, path)
  } finally {
    await rm(partial, { force: true })
  }
}
