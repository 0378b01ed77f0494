import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { checkWritable, removeUnfinished } from './output-folder.ts'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'virga-out-'))
})
afterEach(async () => {
  await rm(root, { recursive: true, force: true })
})

describe('checkWritable', () => {
  it('leaves no trace of the trial, in folders new and old', async () => {
    expect(await checkWritable(join(root, 'new', 'deep'))).toBe(join(root, 'new', 'deep'))
    await checkWritable(root)
    expect(await readdir(root)).toEqual([])
  })

  it('refuses a file, a folder in a file and a place where nothing can be made', async () => {
    await writeFile(join(root, 'file'), '')
    for (const place of [join(root, 'file'), join(root, 'file', 'deeper'), '/proc/virga-out/deeper']) {
      await expect(checkWritable(place)).rejects.toMatchObject({ code: 'VIRGA_CANNOT_WRITE' })
    }
  })
})

describe('removeUnfinished', () => {
  it('removes what dead processes left unfinished and nothing else', async () => {
    const dead = spawnSync(process.execPath, ['-e', 'console.log(process.pid)']).stdout.toString().trim()
    const folder = join(root, 'log', 'front')
    await mkdir(folder, { recursive: true })
    const stays = ['video.mp4', `.virga-${process.pid}-0123456789ab.part`, 'notes.part', '.hidden']
    const goes = [`.virga-${dead}-0123456789ab.part`, `.hdmap.mp4.${dead}-01234567.partial`]
    for (const name of [...stays, ...goes]) await writeFile(join(folder, name), '')
    await removeUnfinished(root)
    expect((await readdir(folder)).sort()).toEqual([...stays].sort())
  })
})
