import { readdir, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { VirgaError } from '@virga/errors'
import type { Scenario } from '@virga/scenario'
import type { LogFormat, OpenLogOptions } from './format.ts'
import { formats } from './registry.ts'

/**
 * The format that a path's content is in.
 *
 * @throws VirgaError VIRGA_UNKNOWN_FORMAT saying what was looked for; VIRGA_BAD_INPUT if there is nothing at the path
 */
export async function recogniseFormat(path: string): Promise<LogFormat> {
  const found = await findFormat(path)
  if (found !== undefined) return found
  const file = resolve(path)
  const info = await stat(file).catch(() => undefined)
  if (info === undefined) throw new VirgaError('VIRGA_BAD_INPUT', 'there is no such file or folder', { file, expected: 'a log' })
  const names = info.isDirectory() ? await readdir(file) : []
  const what = !info.isDirectory() ? 'a file' : names.length === 0 ? 'an empty folder' : `a folder with ${listed(names)}`
  const expected = formats.map((format) => `${format.title}: a folder with ${format.lookedFor}`).join('; ')
  throw new VirgaError('VIRGA_UNKNOWN_FORMAT', `${what} in no format that is known${await hint(file, names)}`, { file, expected })
}

/**
 * Opens a log of any known format.
 *
 * @throws VirgaError as `recogniseFormat` does, and as the format's reader does; VIRGA_USAGE for options that the format has no use for
 */
export async function openLog(path: string, options: OpenLogOptions = {}): Promise<Scenario> {
  const format = await recogniseFormat(path)
  const [asked] = Object.entries(options).find(([, value]) => value !== undefined) ?? []
  if (asked !== undefined && !format.hasClips) {
    throw new VirgaError('VIRGA_USAGE', `${format.title} has no choice of ${asked}`, { file: resolve(path), expected: `no ${asked}` })
  }
  return format.open(path, options)
}

async function findFormat(path: string): Promise<LogFormat | undefined> {
  for (const format of formats) if (await format.recognise(path)) return format
  return undefined
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(', ')
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown
}

/** A folder of logs is an easy mistake to make: name the first log in it. */
async function hint(folder: string, names: readonly string[]): Promise<string> {
  for (const name of names.slice(0, 50)) {
    if ((await findFormat(join(folder, name))) !== undefined) return `, but ${name} in it is a log: give that one`
  }
  return ''
}
