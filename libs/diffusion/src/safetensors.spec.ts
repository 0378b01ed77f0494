import { describe, expect, it } from 'vitest'
import { halfToNumber, parseSafetensors } from './index.ts'

function file(header: unknown, body: Uint8Array): Uint8Array {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header))
  const bytes = new Uint8Array(8 + json.length + body.length)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true)
  bytes.set(json, 8)
  bytes.set(body, 8 + json.length)
  return bytes
}

describe('safetensors', () => {
  it('reads tensors of several dtypes at any alignment', () => {
    const body = new Uint8Array(9)
    body[0] = 7
    new DataView(body.buffer).setFloat32(1, -2.5, true)
    new DataView(body.buffer).setUint16(5, 0x3c00, true)
    new DataView(body.buffer).setUint16(7, 0x4049, true)
    const tensors = parseSafetensors(
      file(
        {
          __metadata__: { format: 'pt' },
          a: { dtype: 'U8', shape: [1], data_offsets: [0, 1] },
          b: { dtype: 'F32', shape: [1, 1], data_offsets: [1, 5] },
          c: { dtype: 'F16', shape: [1], data_offsets: [5, 7] },
          d: { dtype: 'BF16', shape: [], data_offsets: [7, 9] },
        },
        body,
      ),
      'x',
    )
    expect([...tensors.keys()]).toEqual(['a', 'b', 'c', 'd'])
    expect([...tensors.values()].map(({ data }) => Array.from(data as ArrayLike<number>))).toEqual([[7], [-2.5], [1], [3.140625]])
    expect(tensors.get('b')!.shape).toEqual([1, 1])
  })

  it.each([
    ['too short', new Uint8Array(4), 'too short'],
    ['cut short', file({}, new Uint8Array(0)).subarray(0, 9), 'cut short'],
    ['no JSON', file('{', new Uint8Array(0)), 'no JSON'],
    ['beyond the end', file({ a: { dtype: 'F32', shape: [2], data_offsets: [0, 8] } }, new Uint8Array(4)), 'record a'],
    ['shape against bytes', file({ a: { dtype: 'F32', shape: [2], data_offsets: [0, 4] } }, new Uint8Array(4)), '8 bytes'],
    ['unknown dtype', file({ a: { dtype: 'Q4', shape: [1], data_offsets: [0, 1] } }, new Uint8Array(1)), 'Q4'],
  ])('refuses a file that is broken: %s', (_, bytes, message) => {
    expect(() => parseSafetensors(bytes, 'x.safetensors')).toThrow(
      expect.objectContaining({ code: 'VIRGA_BAD_INPUT', message: expect.stringContaining(message) as string }),
    )
    expect(() => parseSafetensors(bytes, 'x.safetensors')).toThrow('x.safetensors')
  })

  it('reads subnormal and infinite halves', () => {
    expect([0x0001, 0x8000, 0x7c00, 0xfc00, 0x3555].map(halfToNumber)).toEqual([2 ** -24, -0, Infinity, -Infinity, 0.333251953125])
  })
})
