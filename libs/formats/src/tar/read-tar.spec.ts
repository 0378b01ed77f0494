import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bufferSource } from './byte-source.ts'
import { eachTarMember, listTar, readTarMember, tarMembers, type TarMember } from './read-tar.ts'
import { tarHeader, tarOf } from './tar-bytes.ts'

async function list(bytes: Uint8Array): Promise<TarMember[]> {
  const members: TarMember[] = []
  for await (const member of tarMembers(bufferSource(bytes), 'a.tar')) members.push(member)
  return members
}
const names = async (bytes: Uint8Array): Promise<string[]> => (await list(bytes)).map(({ name }) => name)
const text = (value: string): Uint8Array => Buffer.from(value)
const long = `${'clip-'.repeat(30)}000003.json`

describe('tarMembers', () => {
  it('reads ustar names and prefixes, PAX and GNU long names, and passes over directories', async () => {
    const pax = `${`path=${long}\n`.length + 4} path=${long}\n`
    expect(await names(tarOf(['a.json', 'xy']))).toEqual(['a.json'])
    expect(await names(tarOf([{ name: 'b', prefix: 'some/folder' }, ''], [{ name: 'd/', type: '5' }, '']))).toEqual(['some/folder/b'])
    expect(await names(tarOf([{ name: 'x', type: 'x' }, pax], ['cut', 'data'], ['next', '']))).toEqual([long, 'next'])
    expect(await names(tarOf([{ name: '././@LongLink', type: 'L' }, `${long}\0`], ['cut', 'data'], ['next', '']))).toEqual([long, 'next'])
    expect(await names(tarOf([{ name: 'g', type: 'g' }, '19 comment=nothing\n'], ['a', '1']))).toEqual(['a'])
  })

  it('takes sizes from PAX records and in base 256', async () => {
    const [member] = await list(tarOf([{ name: 'x', type: 'x' }, '9 size=3\n'], [{ name: 'a', size: 3 }, 'abc']))
    expect(member).toEqual({ name: 'a', offset: 1536, size: 3 })
    const header = tarHeader({ name: 'a', size: 3, base256: true })
    expect(await list(Buffer.concat([header, text('abc'), Buffer.alloc(509 + 1024)]))).toEqual([{ name: 'a', offset: 512, size: 3 }])
  })

  it.each<[string, Uint8Array, RegExp]>([
    ['an empty file', Buffer.alloc(0), /archive is cut short: it ends at byte 0 after the beginning \(file a\.tar\)/],
    ['a text', text('x'.repeat(600)), /header checksum is \d+, stated as no number \(byte 0, after the beginning\)/],
    ['no end mark', tarOf(['a', '1']).subarray(0, 1024), /cut short: it ends at byte 1024 after member a/],
    [
      'a cut member',
      tarOf(['a', 'x'.repeat(600)]).subarray(0, 900),
      /the member has 600 bytes from byte 512, the file ends at byte 900 .*record a/,
    ],
    ['a cut padding', tarOf(['a', 'x'.repeat(600)]).subarray(0, 1200), /ends inside a member, 336 bytes before its end after member a/],
    ['a broken checksum', withByte(tarOf(['a', '1'], ['b', '2']), 1030, 33), /header checksum is .* \(byte 1024, after member a\)/],
    ['a huge size', Buffer.concat([tarHeader({ name: 'a', size: 8 ** 11 - 1 }), Buffer.alloc(1024)]), /has 8589934591 bytes from byte 512/],
    ['a symbolic link', tarOf([{ name: 'l', type: '2' }, '']), /symbolic link at byte 0 .*record l.*expected regular files/],
    ['a hard link', tarOf([{ name: 'l', type: '1' }, '']), /hard link at byte 0/],
    ['a sparse member', tarOf([{ name: 's', type: 'S' }, '']), /sparse member at byte 0/],
    ['a PAX sparse member', tarOf([{ name: 'x', type: 'x' }, '22 GNU.sparse.major=1\n'], ['a', '']), /sparse member at byte 0/],
    [
      'PAX records that lie',
      tarOf([{ name: 'x', type: 'x' }, '99 path=a\n'], ['a', '']),
      /PAX record at byte 0 does not end where it says/,
    ],
    ['a PAX size of words', tarOf([{ name: 'x', type: 'x' }, '11 size=-1\n'], ['a', '']), /size -1 at byte 1024 is no number/],
  ])('refuses %s', async (_, bytes, message) => {
    await expect(list(bytes)).rejects.toMatchObject({ code: 'VIRGA_BAD_INPUT' })
    await expect(list(bytes)).rejects.toThrow(message)
  })
})

describe('a tar file', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'virga-tar-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  it('gives members in order or one by one, large and small', async () => {
    const file = join(folder, 'a.tar')
    const contents = Array.from({ length: 40 }, (_, i) => String(i).repeat(i % 7 === 0 ? 100_000 : 11))
    await writeFile(file, tarOf(...contents.map((content, i) => [`${i}.txt`, content] as const)))
    const read: string[] = []
    await eachTarMember(file, 1e6, (name, bytes) => void read.push(`${name} ${bytes.toString()}`))
    expect(read).toEqual(contents.map((content, i) => `${i}.txt ${content}`))
    const members = await listTar(file)
    expect((await readTarMember(file, members[21], 1e6)).toString()).toBe(contents[21])
    await expect(readTarMember(file, members[21], 10)).rejects.toThrow(
      /member has 200000 bytes \(file .*a\.tar, record 21\.txt\); expected at most 10/,
    )
  })

  it('that is not there, or a folder, is named', async () => {
    await expect(listTar(join(folder, 'none.tar'))).rejects.toThrow(/cannot be read \(ENOENT\) \(file .*none\.tar\)/)
    await expect(listTar(folder)).rejects.toMatchObject({ code: 'VIRGA_BAD_INPUT' })
  })
})

function withByte(bytes: Buffer, at: number, value: number): Buffer {
  bytes[at] = value
  return bytes
}
