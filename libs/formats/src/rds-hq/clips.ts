import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { VirgaError } from '@virga/errors'
import { namesIn } from '../argoverse2/files.ts'
import { folders, markFolders } from './layout.ts'

/**
 * The folder that holds `vehicle_pose`, `3d_lanelines` and the like: the path itself, or the only folder in it that does.
 *
 * @returns undefined if there is none
 * @throws VirgaError VIRGA_BAD_INPUT naming them if there are several
 */
export async function findRoot(path: string): Promise<string | undefined> {
  const folder = resolve(path)
  if (await isRoot(folder)) return folder
  const names = (await namesIn(folder).catch(() => undefined)) ?? []
  const inside: string[] = []
  // A folder of logs may hold thousands: data sets have few folders beside them.
  for (const name of names.slice(0, 100)) if (!name.startsWith('.') && (await isRoot(join(folder, name)))) inside.push(name)
  if (inside.length < 2) return inside.length === 0 ? undefined : join(folder, inside[0])
  const message = `folder holds ${inside.length} RDS-HQ data sets: ${inside.slice(0, 5).join(', ')}`
  throw new VirgaError('VIRGA_BAD_INPUT', message, { file: folder, expected: 'one of them' })
}

async function isRoot(folder: string): Promise<boolean> {
  for (const name of markFolders) {
    const info = await stat(join(folder, name)).catch(() => undefined)
    if (info?.isDirectory() === true) return true
  }
  return false
}

/**
 * The ids of the clips of a data set, sorted: those with a tar in `vehicle_pose`, without which there is no drive. Only that folder's listing is read, so
 * this takes no longer where the clips are terabytes.
 *
 * @throws VirgaError VIRGA_BAD_INPUT if the path is no RDS-HQ data set
 */
export async function listClips(path: string): Promise<string[]> {
  const root = await findRoot(path)
  if (root === undefined) {
    const expected = `a folder with ${folders.vehiclePose}/<clip>.tar`
    throw new VirgaError('VIRGA_BAD_INPUT', 'not an RDS-HQ data set', { file: resolve(path), expected })
  }
  return clipsIn(root)
}

export async function clipsIn(root: string): Promise<string[]> {
  const names = (await namesIn(join(root, folders.vehiclePose))) ?? []
  return names.filter((name) => name.endsWith('.tar') && !name.startsWith('.')).map((name) => name.slice(0, -'.tar'.length))
}

/**
 * The clip that is meant: the one asked for, or the only one.
 *
 * @throws VirgaError VIRGA_UNKNOWN_NAME if there is no such clip; VIRGA_USAGE if none is named and there are several, listing up to ten
 */
export async function chooseClip(root: string, asked: string | undefined): Promise<string> {
  const clips = await clipsIn(root)
  const listed = `${clips.slice(0, 10).join(', ')}${clips.length > 10 ? ` and ${clips.length - 10} more` : ''}`
  if (clips.length === 0) {
    const expected = '<clip>.tar with the vehicle poses'
    throw new VirgaError('VIRGA_BAD_INPUT', 'the data set has no clips', { file: join(root, folders.vehiclePose), expected })
  }
  if (asked !== undefined) {
    if (clips.includes(asked)) return asked
    throw new VirgaError('VIRGA_UNKNOWN_NAME', `there is no clip ${asked}`, { file: root, expected: `one of ${clips.length}: ${listed}` })
  }
  if (clips.length === 1) return clips[0]
  throw new VirgaError('VIRGA_USAGE', `the data set has ${clips.length} clips and none is named`, {
    file: root,
    expected: `one of ${listed}`,
  })
}
