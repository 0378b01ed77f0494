/** Tar archives byte by byte, for tests of the reader: forms that the writer of this folder does not make. */
export interface TarEntry {
  readonly name: string
  readonly type?: string
  readonly prefix?: string
  /** Stated size, where it is not that of the content. */
  readonly size?: number
  readonly base256?: boolean
}

export function tarHeader({ name, type = '0', prefix = '', size = 0, base256 = false }: TarEntry): Buffer {
  const block = Buffer.alloc(512)
  block.write(name, 0, 100)
  block.write('0000644\0', 100)
  if (base256) {
    block[124] = 0x80
    block.writeUInt32BE(size, 132)
  } else block.write(`${size.toString(8).padStart(11, '0')}\0`, 124)
  block.write(' '.repeat(8), 148)
  block.write(type, 156)
  block.write('ustar\x0000', 257)
  block.write(prefix, 345, 155)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return block
}

export function tarOf(...members: readonly (readonly [TarEntry | string, string | Uint8Array])[]): Buffer {
  const parts = members.flatMap(([entry, content]) => {
    const data = Buffer.from(content)
    const stated = typeof entry === 'string' ? { name: entry } : entry
    return [tarHeader({ size: data.length, ...stated }), data, Buffer.alloc((512 - (data.length % 512)) % 512)]
  })
  return Buffer.concat([...parts, Buffer.alloc(1024)])
}
