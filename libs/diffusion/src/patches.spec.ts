import { describe, expect, it } from 'vitest'
import { patchify, tensor, tokenGrid, tokenIndices, unpatchify } from './index.ts'

const counting = (shape: number[]) =>
  tensor(
    shape,
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i),
  )

describe('patches', () => {
  it('reads channel-major within a token: (c, dh, dw)', () => {
    const tokens = patchify(counting([1, 2, 1, 2, 4]))
    expect(tokens.shape).toEqual([1, 2, 8])
    expect(Array.from(tokens.data)).toEqual([0, 1, 4, 5, 8, 9, 12, 13, 2, 3, 6, 7, 10, 11, 14, 15])
  })

  it('puts the mask of given frames last', () => {
    const tokens = patchify(counting([1, 1, 2, 2, 2]), [Float32Array.of(1, 0)])
    expect(Array.from(tokens.data)).toEqual([0, 1, 2, 3, 1, 1, 1, 1, 4, 5, 6, 7, 0, 0, 0, 0])
  })

  it('puts the channels of a start behind the mask, the same for all of a batch', () => {
    const tokens = patchify(counting([2, 1, 1, 2, 2]), [Float32Array.of(1)], counting([1, 2, 1, 2, 2]))
    expect(tokens.shape).toEqual([2, 1, 16])
    expect(Array.from(tokens.data)).toEqual([
      0, 1, 2, 3, 1, 1, 1, 1, 0, 1, 2, 3, 4, 5, 6, 7, 4, 5, 6, 7, 1, 1, 1, 1, 0, 1, 2, 3, 4, 5, 6, 7,
    ])
    expect(() => patchify(counting([1, 1, 1, 2, 2]), [], counting([1, 2, 2, 2, 2]))).toThrow(
      expect.objectContaining({ code: 'VIRGA_BAD_INPUT' }),
    )
  })

  it('writes channel-last within a token: (dh, dw, c), another order than it reads', () => {
    const latent = unpatchify(counting([1, 2, 8]), [1, 2, 1, 2, 4])
    expect(Array.from(latent.data)).toEqual([0, 2, 8, 10, 4, 6, 12, 14, 1, 3, 9, 11, 5, 7, 13, 15])
  })

  it('is undone by un-patchifying once the channels of each token are permuted', () => {
    const shape = [2, 3, 2, 4, 6]
    const latent = counting(shape)
    const tokens = patchify(latent)
    const permuted = tensor(tokens.shape)
    for (let token = 0; token < tokens.data.length; token += 12)
      for (let c = 0; c < 3; c++) for (let d = 0; d < 4; d++) permuted.data[token + d * 3 + c] = tokens.data[token + c * 4 + d]!
    expect(unpatchify(permuted, shape).data).toEqual(latent.data)
  })

  it('counts tokens in t, h, w order, w fastest', () => {
    const indices = tokenIndices(tokenGrid([1, 16, 2, 4, 4]))
    expect(Array.from(indices.subarray(0, 15), Number)).toEqual([0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 1, 1, 1, 0, 0])
  })
})
