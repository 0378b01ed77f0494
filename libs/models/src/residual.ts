import { type Tensor, tensor } from '@virga/diffusion'

/** y = (z - base) * scale per channel: what the network diffuses. [1, C, T, h, w] each. */
export function toResidual(latent: Tensor, base: Tensor, scale: readonly number[]): Tensor {
  const y = tensor(latent.shape)
  const perChannel = y.data.length / scale.length
  for (let i = 0; i < y.data.length; i++) y.data[i] = (latent.data[i] - base.data[i]) * scale[Math.floor(i / perChannel)]
  return y
}

/** z = base + y / scale per channel. [1, C, T, h, w] each. */
export function fromResidual(y: Tensor, base: Tensor, scale: readonly number[]): Tensor {
  const latent = tensor(y.shape)
  const perChannel = y.data.length / scale.length
  for (let i = 0; i < y.data.length; i++) latent.data[i] = base.data[i] + y.data[i] / scale[Math.floor(i / perChannel)]
  return latent
}

/** The first `count` latent frames of [1, C, T, h, w], [1, C, count, h, w]. */
export function firstLatentFrames(latent: Tensor, count: number): Tensor {
  const [, channels, frames, height, width] = latent.shape
  const result = tensor([1, channels, count, height, width])
  const plane = height * width
  for (let c = 0; c < channels; c++)
    result.data.set(latent.data.subarray(c * frames * plane, (c * frames + count) * plane), c * count * plane)
  return result
}

/** A latent of `frames` frames that begins with those of `first` and is zero after them. */
export function padLatentFrames(first: Tensor, frames: number): Tensor {
  const [, channels, count, height, width] = first.shape
  const result = tensor([1, channels, frames, height, width])
  const plane = height * width
  for (let c = 0; c < channels; c++) result.data.set(first.data.subarray(c * count * plane, (c + 1) * count * plane), c * frames * plane)
  return result
}
