import { VirgaError } from '@virga/errors'

/** A dense float32 array with its shape, row-major (the last axis is contiguous). */
export interface Tensor {
  readonly data: Float32Array
  readonly shape: readonly number[]
}

/** Number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1)
}

/**
 * A tensor over `data`, which is not copied; zeros when `data` is left out.
 *
 * @throws VirgaError VIRGA_INTERNAL when shape and data do not agree
 */
export function tensor(shape: readonly number[], data?: Float32Array): Tensor {
  const size = sizeOf(shape)
  if (data !== undefined && data.length !== size)
    throw new VirgaError('VIRGA_INTERNAL', `tensor of shape [${shape.join(', ')}] holds ${data.length} numbers`, { expected: `${size}` })
  return { shape, data: data ?? new Float32Array(size) }
}

export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((extent, axis) => extent === b[axis])
}

/** @throws VirgaError VIRGA_BAD_INPUT naming `what` when the tensor does not have the shape; -1 stands for any extent */
export function expectShape(value: Tensor, shape: readonly number[], what: string): void {
  const fits = value.shape.length === shape.length && shape.every((extent, axis) => extent === -1 || extent === value.shape[axis])
  if (!fits)
    throw new VirgaError('VIRGA_BAD_INPUT', `${what} has shape [${value.shape.join(', ')}]`, {
      expected: `shape [${shape.map((extent) => (extent === -1 ? 'any' : extent)).join(', ')}]`,
    })
}

/** The same numbers under another shape (no copy). */
export function reshape(value: Tensor, shape: readonly number[]): Tensor {
  return tensor(shape, value.data)
}

/** Entry `index` along the first axis, a view without that axis. */
export function entry(value: Tensor, index: number): Tensor {
  const shape = value.shape.slice(1)
  const size = sizeOf(shape)
  if (index < 0 || index >= (value.shape[0] ?? 0))
    throw new VirgaError('VIRGA_INTERNAL', `entry ${index} of a tensor with ${value.shape[0] ?? 0} entries`)
  return tensor(shape, value.data.subarray(index * size, (index + 1) * size))
}

/** Tensors of one shape under a new first axis (copied). */
export function stack(values: readonly Tensor[]): Tensor {
  const first = values[0]
  if (first === undefined) throw new VirgaError('VIRGA_INTERNAL', 'nothing to stack')
  const result = tensor([values.length, ...first.shape])
  values.forEach((value, index) => {
    expectShape(value, first.shape, `stacked tensor ${index}`)
    result.data.set(value.data, index * first.data.length)
  })
  return result
}

/** Index of the first NaN or infinity, -1 when every number is finite. */
export function findNotFinite(data: Float32Array | Float64Array): number {
  for (let i = 0; i < data.length; i++) if (!Number.isFinite(data[i])) return i
  return -1
}
