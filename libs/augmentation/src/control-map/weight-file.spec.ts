import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { fuzz } from '@virga/testing'
import { describe, expect, it } from 'vitest'
import { openNumbers, openWeights, parseNumbers } from './weight-file.ts'

const torch = join(import.meta.dirname, '../../test/torch')
const folder = mkdtempSync(join(tmpdir(), 'virga-weights-'))
const numbers = JSON.parse(readFileSync(join(torch, 'numbers.json'), 'utf8')) as Record<string, { shape: number[]; values: number[] }>

/** A NumPy file of float32 numbers. */
function npy(shape: readonly number[], values: readonly number[], type = '<f4'): Buffer {
  const header = `{'descr': '${type}', 'fortran_order': False, 'shape': (${shape.join(', ')},), }`.padEnd(117, ' ') + '\n'
  const start = Buffer.concat([Buffer.from('\x93NUMPY\x01\x00', 'latin1'), Buffer.of(118, 0), Buffer.from(header)])
  return Buffer.concat([start, Buffer.from(Float32Array.from(values).buffer)])
}

function safetensors(shape: readonly number[], values: readonly number[]): Buffer {
  const header = Buffer.from(JSON.stringify({ w: { dtype: 'F32', shape, data_offsets: [0, values.length * 4] } }))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(header.length))
  return Buffer.concat([length, header, Buffer.from(Float32Array.from(values).buffer)])
}

/** A zip of stored members. */
function zip(members: Readonly<Record<string, Uint8Array>>): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let at = 0
  for (const [key, bytes] of Object.entries(members)) {
    const name = Buffer.from(key)
    const [local, central] = [Buffer.alloc(30), Buffer.alloc(46)]
    local.writeUInt32LE(0x04034b50)
    local.writeUInt16LE(name.length, 26)
    central.writeUInt32LE(0x02014b50)
    central.writeUInt32LE(crc32(bytes), 16)
    central.writeUInt32LE(bytes.length, 20)
    central.writeUInt32LE(bytes.length, 24)
    central.writeUInt16LE(name.length, 28)
    central.writeUInt32LE(at, 42)
    parts.push(local, name, Buffer.from(bytes))
    directory.push(central, name)
    at += 30 + name.length + bytes.length
  }
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50)
  end.writeUInt16LE(Object.keys(members).length, 10)
  end.writeUInt32LE(Buffer.concat(directory).length, 12)
  end.writeUInt32LE(at, 16)
  return Buffer.concat([...parts, ...directory, end])
}

describe('files of weights', () => {
  it.each(Object.keys(numbers))('torch: %s', async (name) => {
    const { shape, values } = numbers[name]
    const read = await openNumbers(join(torch, `${name}.pt`))
    expect([read.frames, read.height, read.width]).toEqual(shape.length === 2 ? [1, ...shape] : shape)
    const actual = Array.from({ length: read.frames }, (_, i) => Array.from(read.frame(i))).flat()
    expect(actual).toEqual(values)
  })

  it.each([
    ['dictionary', 'a dictionary'],
    ['legacy', 'before PyTorch 1.6'],
    ['parameter', 'torch._utils._rebuild_parameter'],
    ['module', 'refused'],
  ])('torch: refuses %s', async (name, message) => {
    await expect(openNumbers(join(torch, `${name}.pt`))).rejects.toMatchObject({
      code: 'VIRGA_BAD_INPUT',
      message: expect.stringContaining(message) as string,
    })
  })

  it('torch: a small file cannot stand for frames that fill the memory', () => {
    const program =
      '\x80\x02ctorch._utils\n_rebuild_tensor_v2\n((X\x07\x00\x00\x00storagectorch\nFloatStorage\nX\x01\x00\x00\x000X\x03\x00\x00\x00cpuK\x01tQK\x00K\x02M\x00\x40M\x00\x40\x87K\x00K\x00K\x00\x87\x89}tR.'
    const bytes = zip({ 'a/data.pkl': Buffer.from(program, 'latin1'), 'a/data/0': Buffer.alloc(4) })
    expect(() => parseNumbers(bytes, '.pt', 'big.pt')).toThrow('shape [2, 16384, 16384]')
  })

  it('torch: runs nothing that a pickle asks for', () => {
    // os.system("touch /tmp/x"), as an attacker would write it
    const program = Buffer.from('\x80\x02cposix\nsystem\nX\x05\x00\x00\x00touch\x85R.', 'latin1')
    expect(() => parseNumbers(zip({ 'a/data.pkl': program }), '.pt', 'evil.pt')).toThrow('posix.system')
    const build = Buffer.from('\x80\x02cos\nsystem\n)R}b.', 'latin1')
    expect(() => parseNumbers(zip({ 'a/data.pkl': build }), '.pt', 'evil.pt')).toThrow('instruction 0x62')
  })

  it.each([
    ['.npy', npy([2, 3, 4], numbers.float.values)],
    ['.npz', zip({ 'w.npy': npy([2, 3, 4], numbers.float.values) })],
    ['.safetensors', safetensors([2, 3, 4], numbers.float.values)],
  ])('%s', (kind, bytes) => {
    const read = parseNumbers(bytes, kind, `w${kind}`)
    expect([...read.frame(0), ...read.frame(1)]).toEqual(numbers.float.values)
  })

  it.each([
    [npy([24], numbers.float.values), '[24]'],
    [npy([1, 2, 3, 4], numbers.float.values), '[1, 2, 3, 4]'],
    [npy([0, 3, 4], []), '[0, 3, 4]'],
  ])('refuses other shapes (%#)', (bytes, shape) => {
    expect(() => parseNumbers(bytes, '.npy', 'w.npy')).toThrow(`shape ${shape} (file w.npy, field shape)`)
  })

  it('are stretched to the map and clamped at 0, and it says so', async () => {
    const file = join(folder, 'w.npy')
    writeFileSync(file, npy([2, 1, 2], [-1, 1, 3, 5]))
    const weights = await openWeights(file, [4, 1, 2])
    expect([0, 1, 2, 3].map((frame) => Array.from(weights.plane(frame)))).toEqual([
      [0, 1],
      [0.75, 2],
      [2.25, 4],
      [3, 5],
    ])
    expect(weights.notes()).toEqual([
      `${file} is 2 x 1 x 2 and is stretched to 4 x 1 x 2`,
      `1 weights of ${file} are below 0 and count as 0`,
    ])
  })

  it('names the place of NaN', async () => {
    const file = join(folder, 'nan.npy')
    writeFileSync(file, npy([1, 2, 2], [0, 0, 0, Number.NaN]))
    const weights = await openWeights(file, [1, 2, 2])
    expect(() => weights.plane(0)).toThrow(`a weight is NaN (file ${file}, record frame 0, row 1, column 1)`)
  })

  it('refuses files of other kinds, and none', async () => {
    await expect(openNumbers('w.mat')).rejects.toThrow('.safetensors')
    await expect(openNumbers(join(folder, 'missing.npy'))).rejects.toThrow('cannot be read')
  })
})

describe('fuzz', () => {
  const frames = (kind: string) => (bytes: Uint8Array) => {
    const read = parseNumbers(bytes, kind, `w${kind}`)
    if (read.height * read.width < 1e5) read.frame(read.frames - 1)
  }
  it('torch files', async () => {
    const seedInputs = readdirSync(torch)
      .filter((file) => file.endsWith('.pt') && Object.hasOwn(numbers, file.slice(0, -3)))
      .map((file) => new Uint8Array(readFileSync(join(torch, file))))
    await fuzz({ name: 'torch', seedInputs, target: frames('.pt') })
  })
  it('torch pickles', async () => {
    const storage = Buffer.alloc(96)
    // the program lies bare, so that mutations reach it instead of the archive's check sums
    const program = Buffer.from(
      '\x80\x02ctorch._utils\n_rebuild_tensor_v2\nq\x00((X\x07\x00\x00\x00storageq\x01ctorch\nFloatStorage\nq\x02X\x01\x00\x00\x000q\x03X\x03\x00\x00\x00cpuq\x04K\x18tq\x05QK\x00K\x02K\x03K\x04\x87q\x06K\x0cK\x04K\x01\x87q\x07\x89ccollections\nOrderedDict\nq\x08)Rq\ttq\nRq\x0b.',
      'latin1',
    )
    const report = await fuzz({
      name: 'torch pickle',
      seedInputs: [new Uint8Array(program)],
      target: (bytes) => frames('.pt')(zip({ 'a/data.pkl': bytes, 'a/data/0': storage })),
    })
    expect(report.accepted).toBeGreaterThan(10)
  })
  it('NumPy and safetensors files', async () => {
    await fuzz({ name: 'npy weights', seedInputs: [new Uint8Array(npy([2, 3, 4], numbers.float.values))], target: frames('.npy') })
    await fuzz({
      name: 'safetensors weights',
      seedInputs: [new Uint8Array(safetensors([2, 3, 4], numbers.float.values))],
      target: frames('.safetensors'),
    })
  })
})
