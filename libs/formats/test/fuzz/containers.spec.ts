import { deflateRawSync } from 'node:zlib'
import { fuzz, type FuzzReport } from '@virga/testing'
import { describe, expect, it } from 'vitest'
import { encodeNpy } from '../../src/npy/write-npy.ts'
import { parseNpy } from '../../src/npy/parse-npy.ts'
import { openNpz } from '../../src/npz/read-npz.ts'
import { encodeNpz } from '../../src/npz/write-npz.ts'
import { bufferSource } from '../../src/tar/byte-source.ts'
import { tarMembers } from '../../src/tar/read-tar.ts'
import { tarOf } from '../../src/tar/tar-bytes.ts'
import { zipOf } from '../../src/npz/zip-bytes.ts'

/** A fuzz run whose inputs are all accepted or all refused has tried nothing. */
function expectBoth({ accepted, refused }: FuzzReport): void {
  expect(accepted).toBeGreaterThan(50)
  expect(refused).toBeGreaterThan(50)
}

/** Sets the checksum of every header right, so that the reader looks at what else it says. */
function withChecksums(bytes: Uint8Array): Uint8Array {
  const copy = Buffer.from(bytes)
  for (let at = 0; at + 512 <= copy.length; at += 512) {
    if (copy.toString('latin1', at + 257, at + 262) !== 'ustar') continue
    copy.write(' '.repeat(8), at + 148)
    const sum = copy.subarray(at, at + 512).reduce((total, byte) => total + byte, 0)
    copy.write(`${sum.toString(8).padStart(6, '0')}\0 `, at + 148)
  }
  return copy
}

describe('mutated input makes a VirgaError or is read', () => {
  it('tar', async () => {
    const pax = '31 path=a-name-longer-than-100\n'
    const seedInputs = [
      tarOf(['a.json', '{}'], [{ name: 'd/', type: '5' }, ''], ['b.json', 'x'.repeat(600)]),
      tarOf([{ name: 'x', type: 'x' }, pax], ['a', '1'], [{ name: 'g', type: 'g' }, '9 size=4\n'], ['c', 'abcd']),
      tarOf([{ name: '././@LongLink', type: 'L' }, 'long\0'], ['a', '1']),
    ]
    const target = async (bytes: Uint8Array): Promise<void> => {
      const source = bufferSource(bytes)
      for await (const { offset, size } of tarMembers(source, 'x.tar')) await source.read(offset, size)
    }
    expectBoth(await fuzz({ name: 'tar', seedInputs, target, maxRssGrowthMib: 128 }))
    const summed = async (bytes: Uint8Array): Promise<void> => target(withChecksums(bytes))
    expectBoth(await fuzz({ name: 'tar with right checksums', seedInputs, target: summed, maxRssGrowthMib: 128 }))
  })

  it('npy', async () => {
    const seedInputs = [
      encodeNpy([4, 4], new Float32Array(16)),
      encodeNpy([2, 3], Float64Array.of(1, 2, 3, 4, 5, 6)),
      encodeNpy([], BigInt64Array.of(7n)),
      Buffer.from(encodeNpy([2, 3], new Uint8Array(6))).map((byte) => byte),
      Buffer.from(
        Buffer.from(encodeNpy([2, 3], new Uint8Array(6)))
          .toString('latin1')
          .replace('False', 'True '),
        'latin1',
      ),
    ]
    expectBoth(await fuzz({ name: 'npy', seedInputs, target: (bytes) => parseNpy(bytes, {}), maxRssGrowthMib: 128 }))
  })

  it('npz', async () => {
    const xyz = encodeNpy([2, 3], Float32Array.of(1, 2, 3, 4, 5, 6))
    const seedInputs = [
      encodeNpz({ xyz, row: encodeNpy([2], Uint8Array.of(1, 2)) }),
      zipOf({ 'xyz.npy': { bytes: xyz, packed: deflateRawSync(xyz) } }),
      zipOf({ 'xyz.npy': { bytes: xyz, packed: deflateRawSync(xyz) } }, true),
    ]
    const target = (bytes: Uint8Array): void => {
      const npz = openNpz(bytes, {})
      for (const name of npz.names) npz.read(name)
    }
    expectBoth(await fuzz({ name: 'npz', seedInputs, target, maxRssGrowthMib: 400 }))
  })
})
