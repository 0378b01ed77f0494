/// <reference types="@webgpu/types" />
import { VirgaError } from '@virga/errors'

export type TexelArray = Uint8Array | Uint16Array | Uint32Array | Float32Array

interface Texel {
  readonly channels: 1 | 2 | 4
  readonly bytes: number
  readonly view: (bytes: ArrayBuffer) => TexelArray
}

const u8 = (channels: 1 | 2 | 4): Texel => ({ channels, bytes: channels, view: (b) => new Uint8Array(b) })
/** Half floats come back as their 16 bits. */
const u16 = (channels: 1 | 2 | 4): Texel => ({ channels, bytes: 2 * channels, view: (b) => new Uint16Array(b) })
const u32 = (channels: 1 | 2 | 4): Texel => ({ channels, bytes: 4 * channels, view: (b) => new Uint32Array(b) })
const f32 = (channels: 1 | 2 | 4): Texel => ({ channels, bytes: 4 * channels, view: (b) => new Float32Array(b) })

const texels: Partial<Record<GPUTextureFormat, Texel>> = {
  r8unorm: u8(1),
  r8uint: u8(1),
  rg8unorm: u8(2),
  rg8uint: u8(2),
  rgba8unorm: u8(4),
  'rgba8unorm-srgb': u8(4),
  rgba8uint: u8(4),
  r16float: u16(1),
  rg16float: u16(2),
  rgba16float: u16(4),
  r16uint: u16(1),
  r32float: f32(1),
  rg32float: f32(2),
  rgba32float: f32(4),
  r32uint: u32(1),
  rg32uint: u32(2),
  rgba32uint: u32(4),
  depth32float: f32(1),
}

/** How one texel of the format lies in memory; throws VIRGA_INTERNAL for a format that read-back does not know. */
export function texelOf(format: GPUTextureFormat): Texel {
  const texel = texels[format]
  if (texel === undefined) throw new VirgaError('VIRGA_INTERNAL', `no read-back for texture format ${format}`)
  return texel
}
