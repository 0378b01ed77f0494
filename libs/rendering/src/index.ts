export type { AdapterCandidate, AdapterDescription, AdapterKind } from './device/adapter.ts'
export { openRenderDevice, RenderDevice, type RenderDeviceOptions } from './device/render-device.ts'
export type { TexturePixels } from './device/readback.ts'
export type { TexelArray } from './device/texel.ts'
