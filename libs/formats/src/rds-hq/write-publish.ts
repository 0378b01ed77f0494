import { randomUUID } from 'node:crypto'
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { VirgaError } from '@virga/errors'
import { folders, markFolders, tarOf } from './layout.ts'
import { makeFolder, writeError } from '../write-folder.ts'

/** A clip is there when this file of it is: it gets its name after all others. */
const lastFolder = folders.vehiclePose

/**
 * Adds one clip to a data set folder, new or with other clips in it. The clip is written into a hidden folder beside its place and its files
 * are renamed into theirs when all are complete, `vehicle_pose` last; if `fill` fails nothing is left. A killed process leaves the hidden folder,
 * or, within the few renames, files of a clip that does not count as there and that the next write replaces.
 *
 * @param replace whether a clip of this id that is there is replaced; files of other clips are never touched
 * @throws VirgaError VIRGA_CANNOT_WRITE, VIRGA_DISK_FULL, or what `fill` throws
 */
export async function publishClip<T>(root: string, clip: string, replace: boolean, fill: (folder: string) => Promise<T>): Promise<T> {
  const place = resolve(root)
  const temporary = join(dirname(place), `.${basename(place)}.partial-${process.pid}-${randomUUID().slice(0, 8)}`)
  try {
    await requireRoom(place, clip, replace)
    await makeFolder(dirname(place))
    await mkdir(temporary)
    const result = await fill(temporary)
    await moveInto(temporary, place, clip)
    await rm(temporary, { recursive: true, force: true })
    return result
  } catch (error) {
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined)
    throw writeError(error, place)
  }
}

async function requireRoom(place: string, clip: string, replace: boolean): Promise<void> {
  const names = await namesIn(place)
  if (names.length === 0) return
  if (!names.some((name) => markFolders.includes(name))) {
    const expected = 'a new or empty folder, or an RDS-HQ data set to which the clip is added'
    throw new VirgaError('VIRGA_CANNOT_WRITE', 'the output folder is not empty', { file: place, expected })
  }
  const file = tarOf(place, lastFolder, clip)
  if (!replace && (await isThere(file))) {
    throw new VirgaError('VIRGA_CANNOT_WRITE', `clip ${clip} is there already`, {
      file,
      expected: 'another folder, or to be told to replace it',
    })
  }
}

/** Takes the clip's old files away, the one that counts first, then moves the new ones in, that one last. */
async function moveInto(temporary: string, place: string, clip: string): Promise<void> {
  if ((await namesIn(place)).length === 0) {
    await rm(place, { recursive: true, force: true })
    return rename(temporary, place)
  }
  const old = await namesIn(place)
  for (const folder of [lastFolder, ...old.filter((name) => name !== lastFolder && !name.startsWith('.'))]) {
    for (const suffix of ['tar', 'txt', 'json', 'png', 'mp4']) await rm(join(place, folder, `${clip}.${suffix}`), { force: true })
  }
  const written = await namesIn(temporary)
  for (const folder of [...written.filter((name) => name !== lastFolder), lastFolder]) {
    await makeFolder(join(place, folder))
    for (const file of await namesIn(join(temporary, folder))) await rename(join(temporary, folder, file), join(place, folder, file))
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

function isThere(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  )
}
