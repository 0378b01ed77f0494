import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { RgbImage } from '@virga/scenario'
import { readPng, writePng } from '@virga/video'
import type { Case } from '../corpus/corpus.ts'

const folder = join(import.meta.dirname, '..', 'golden')

const fileOf = ({ id }: Case): string => join(folder, `${id}.png`)

/** The committed picture of a case, as the reference renderer drew it. */
export async function readGolden(one: Case): Promise<RgbImage> {
  const file = fileOf(one)
  if (!existsSync(file)) throw new Error(`${file} is missing: make it with --update`)
  return readPng(file)
}

export async function writeGolden(one: Case, image: RgbImage): Promise<void> {
  await mkdir(folder, { recursive: true })
  await writePng(fileOf(one), image)
}
