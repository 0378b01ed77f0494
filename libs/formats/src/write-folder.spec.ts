import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeFolder } from './write-folder.ts'

const never = async (): Promise<boolean> => false

describe('writeFolder', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'virga-folder-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  it('shows nothing under the final name before it is complete, and makes the folders above it', async () => {
    const place = join(folder, 'a/b/log')
    const result = await writeFolder(
      place,
      async (temporary) => {
        await writeFile(join(temporary, 'x'), '1')
        expect((await readdir(join(folder, 'a/b'))).filter((name) => !name.startsWith('.'))).toEqual([])
        return 7
      },
      never,
    )
    expect(result).toBe(7)
    expect(await readdir(join(folder, 'a/b'))).toEqual(['log'])
    expect(await readdir(place)).toEqual(['x'])
  })

  it.each([
    ['ENOSPC', 'VIRGA_DISK_FULL'],
    ['EDQUOT', 'VIRGA_DISK_FULL'],
    ['EACCES', 'VIRGA_CANNOT_WRITE'],
    ['EROFS', 'VIRGA_CANNOT_WRITE'],
  ])('makes %s the error %s and leaves nothing', async (code, expected) => {
    const fill = async (temporary: string): Promise<never> => {
      await writeFile(join(temporary, 'half'), '')
      throw Object.assign(new Error('write'), { code, path: join(temporary, 'half') })
    }
    await expect(writeFolder(join(folder, code), fill, never)).rejects.toMatchObject({ code: expected })
    expect((await readdir(folder)).filter((name) => name.includes(code))).toEqual([])
  })
})
