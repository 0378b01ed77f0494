import { VirgaError } from '@virga/errors'
import { type ByteSource, withFileSource } from './byte-source.ts'
import { blockBytes, isZeroBlock, parseHeader, type TarHeader } from './header.ts'
import { parsePax } from './pax.ts'

/** A regular file in an archive, and where its bytes lie. */
export interface TarMember {
  readonly name: string
  readonly offset: number
  readonly size: number
}

/** Largest extended header or long name; real ones have some hundred bytes. */
const maxExtensionBytes = 1 << 20
/** Most members of one archive: what an index may hold in memory (a 10 s clip has 2 100 in its largest folder). */
export const maxTarMembers = 1_000_000

/**
 * The members of an archive in its order, found by reading headers only: ustar, PAX (`x`, `g`) and GNU long names. Directories are passed over.
 *
 * The source is read forwards, one header at a time; nothing is kept, so a member's bytes can be read between two steps.
 *
 * @param file named in errors
 * @throws VirgaError VIRGA_BAD_INPUT naming the file, the member and the byte offset: archive cut short or without its end mark, a header
 * whose checksum is wrong, a size beyond the end of the file, links, sparse and special files, more than `maxTarMembers` members
 */
export async function* tarMembers(source: ByteSource, file: string): AsyncGenerator<TarMember, void, undefined> {
  let at = 0
  let count = 0
  let last = 'the beginning'
  let globals = new Map<string, string>()
  let next: { path?: string; size?: string } = {}
  const fail = (message: string, record: string | undefined, expected: string): never => {
    throw new VirgaError('VIRGA_BAD_INPUT', message, { file, ...(record === undefined ? {} : { record }), expected })
  }
  const extension = async ({ size, type }: TarHeader, offset: number): Promise<Buffer> => {
    if (size > maxExtensionBytes)
      fail(`header of type ${type} at byte ${offset} has ${size} bytes`, undefined, `at most ${maxExtensionBytes}`)
    return source.read(offset + blockBytes, size)
  }
  for (;;) {
    if (at + blockBytes > source.size) {
      const what = at > source.size ? `ends inside a member, ${at - source.size} bytes before its end` : `ends at byte ${source.size}`
      fail(`archive is cut short: it ${what} after ${last}`, undefined, 'a tar archive that ends with blocks of zeros')
    }
    const block = await source.read(at, blockBytes)
    if (isZeroBlock(block)) return
    const header = parseHeader(block)
    if (typeof header === 'string') return fail(`${header} (byte ${at}, after ${last})`, undefined, 'a tar archive')
    const name = next.path ?? globals.get('path') ?? header.name
    const isFile = header.type === '0' || header.type === '7'
    const size = isFile ? sizeOf(next.size ?? globals.get('size'), header.size) : header.size
    if (size === undefined) return fail(`size ${next.size} at byte ${at} is no number`, name, 'a number of bytes')
    const offset = at + blockBytes
    if (offset + size > source.size) {
      const message = `archive is cut short: the member has ${size} bytes from byte ${offset}, the file ends at byte ${source.size}`
      fail(message, name, `${size} bytes`)
    }
    if (header.type === 'x' || header.type === 'g') {
      const records = parsePax(await extension(header, at))
      if (typeof records === 'string') return fail(`${records} (header at byte ${at})`, undefined, 'PAX records')
      if ([...records.keys()].some((key) => key.startsWith('GNU.sparse.')))
        fail(`sparse member at byte ${at}`, records.get('path'), refused)
      if (header.type === 'g') globals = new Map([...globals, ...records])
      else next = { path: records.get('path'), size: records.get('size') }
    } else if (header.type === 'L') {
      const data = await extension(header, at)
      const end = data.indexOf(0)
      next = { ...next, path: data.toString('utf8', 0, end < 0 ? data.length : end) }
    } else if (header.type === 'K') {
      await extension(header, at)
    } else {
      if (!isFile && header.type !== '5') fail(`${typeNames[header.type] ?? `member of type ${header.type}`} at byte ${at}`, name, refused)
      if (isFile) {
        if (++count > maxTarMembers) fail(`more than ${maxTarMembers} members`, name, 'an archive of one clip')
        yield { name, offset, size }
      }
      last = `member ${name}`
      next = {}
    }
    at = offset + Math.ceil(size / blockBytes) * blockBytes
  }
}

const refused = 'regular files and directories only'
const typeNames: Readonly<Record<string, string>> = {
  '1': 'hard link',
  '2': 'symbolic link',
  '3': 'device',
  '4': 'device',
  '6': 'pipe',
  S: 'sparse member',
  M: 'continued member',
}

function sizeOf(stated: string | undefined, header: number): number | undefined {
  if (stated === undefined) return header
  return /^\d{1,15}$/.test(stated) ? Number(stated) : undefined
}

/** Lists an archive: of a file of many gigabytes only the headers are read. @throws VirgaError as `tarMembers` does */
export async function listTar(file: string): Promise<TarMember[]> {
  return withFileSource(file, async (source) => {
    const members: TarMember[] = []
    for await (const member of tarMembers(source, file)) members.push(member)
    return members
  })
}

/**
 * Gives each member's name and bytes to `use`, one member in memory at a time.
 *
 * @param maxBytes largest member that is read
 * @throws VirgaError as `tarMembers` does, and for a larger member
 */
export async function eachTarMember(
  file: string,
  maxBytes: number,
  use: (name: string, bytes: Buffer) => void | Promise<void>,
): Promise<void> {
  await withFileSource(file, async (source) => {
    for await (const member of tarMembers(source, file)) await use(member.name, await memberBytes(source, file, member, maxBytes))
  })
}

/** Reads one listed member. @throws VirgaError VIRGA_BAD_INPUT if it is larger than `maxBytes` or the file has changed */
export async function readTarMember(file: string, member: TarMember, maxBytes: number): Promise<Buffer> {
  return withFileSource(file, async (source) => memberBytes(source, file, member, maxBytes))
}

async function memberBytes(source: ByteSource, file: string, { name, offset, size }: TarMember, maxBytes: number): Promise<Buffer> {
  if (size > maxBytes) {
    throw new VirgaError('VIRGA_BAD_INPUT', `member has ${size} bytes`, { file, record: name, expected: `at most ${maxBytes} bytes` })
  }
  if (offset + size > source.size) {
    throw new VirgaError('VIRGA_BAD_INPUT', `file has shrunk to ${source.size} bytes`, { file, record: name, expected: `${size} bytes` })
  }
  return source.read(offset, size)
}
