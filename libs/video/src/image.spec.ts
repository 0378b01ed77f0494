import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { movingPicture } from '../test/pictures.ts'
import { decodeImage, encodeJpeg, encodePng, readPng, writePng } from './index.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'virga-image-'))
})
afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

describe('images', () => {
  it('come back exactly through PNG', async () => {
    const picture = movingPicture(61, 37, 4)
    const path = join(folder, 'new', 'picture.png')
    await writePng(path, picture)
    expect(await readPng(path)).toEqual(picture)
    expect(await readdir(join(folder, 'new'))).toEqual(['picture.png'])
  })

  it('come back nearly through JPEG', async () => {
    const picture = movingPicture(160, 96, 4)
    const back = await decodeImage(await encodeJpeg(picture, 95))
    const error = picture.data.reduce((sum, value, at) => sum + Math.abs(value - (back.data[at] ?? 0)), 0) / picture.data.length
    expect(error).toBeLessThan(2)
  })

  it('that are cut or no images are VIRGA_BAD_INPUT and named', async () => {
    const bytes = await encodePng(movingPicture(61, 37, 4))
    await expect(decodeImage(bytes.subarray(0, bytes.length / 2), 'cut.png')).rejects.toMatchObject({ code: 'VIRGA_BAD_INPUT' })
    await writeFile(join(folder, 'text.png'), 'text')
    await expect(readPng(join(folder, 'text.png'))).rejects.toThrow(/text\.png/)
    await expect(readPng(join(folder, 'absent.png'))).rejects.toMatchObject({ code: 'VIRGA_BAD_INPUT' })
  })

  it('that do not fit their size are refused', async () => {
    await expect(writePng(join(folder, 'x.png'), { width: 5, height: 5, data: new Uint8Array(74) })).rejects.toMatchObject({
      code: 'VIRGA_USAGE',
    })
  })
})
