import { stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { VirgaError } from '@virga/errors'
import { namesIn } from '../argoverse2/files.ts'
import { folders, markFolders } from './layout.ts'

/** The folders that hold `vehicle_pose`, `3d_lanelines` and the like: the path itself, or those in it that do. */
export async function rootsAt(path: string): Promise<string[]> {
  const folder = resolve(path)
  if (await isRoot(folder)) return [folder]
  const names = (await namesIn(folder).catch(() => undefined)) ?? []
  const roots: string[] = []
  // A folder of logs may hold thousands: data sets have few folders beside them.
  for (const name of names.slice(0, 100)) if (!name.startsWith('.') && (await isRoot(join(folder, name)))) roots.push(join(folder, name))
  return roots
}

/** The one data set at a path. @throws VirgaError VIRGA_BAD_INPUT if there is none, or several, naming them */
export async function findRoot(path: string): Promise<string> {
  const roots = await rootsAt(path)
  const place = { file: resolve(path), expected: `a folder with ${folders.vehiclePose}/<clip>.tar` }
  if (roots.length === 0) throw new VirgaError('VIRGA_BAD_INPUT', 'not an RDS-HQ data set', place)
  if (roots.length === 1) return roots[0]
  const names = roots.slice(0, 5).map((root) => basename(root))
  throw new VirgaError('VIRGA_BAD_INPUT', `folder holds ${roots.length} RDS-HQ data sets: ${names.join(', ')}`, place)
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
  return clipsIn(await findRoot(path))
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
