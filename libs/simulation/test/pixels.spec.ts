import { createHash } from 'node:crypto'
import { openRenderDevice } from '@virga/rendering'
import { expect, it } from 'vitest'
import { parseLook, renderDrive, simulateDrive, simulatorVersion } from '../src/index.ts'
import { actorGeometry, staticGeometry } from '../src/geometry/static-geometry.ts'

const digest = (...parts: ArrayBufferView[]): string => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(new Uint8Array(part.buffer, part.byteOffset, part.byteLength))
  return hash.digest('hex').slice(0, 16)
}

/**
 * A shipped model was fitted to these pixels, and stage keys hold `simulatorVersion`: whoever changes one of these digests on purpose raises the
 */
const pinned = {
  version: 'virga-simulation/3',
  geometry: 'b475dd4e0d349b09',
  /** The adapter that drew the frames; others round differently. */
  adapter: 'llvmpipe (LLVM 15.0.6, 256 bits)',
  frame: { 'clear/day': '45a3495577591ceb', 'rain/night': '03599762a7f60700' },
  truth: '6f040812eccf10b3',
}

it('the world of a seed stays what it is', () => {
  expect(simulatorVersion).toBe(pinned.version)
  const { vertices, indices } = staticGeometry(simulateDrive({ seed: 7, seconds: 1 }))
  const actors = actorGeometry()
  expect(digest(vertices, indices, actors.vertices, actors.indices)).toBe(pinned.geometry)
})

it('the pixels, depths and classes of a seed stay what they are', { timeout: 60_000 }, async (context) => {
  const device = await openRenderDevice()
  try {
    if (device.adapter.name !== pinned.adapter) context.skip(`digests are those of ${pinned.adapter}, here is ${device.adapter.name}`)
    const drive = simulateDrive({ seed: 7, seconds: 1 })
    for (const [look, expected] of Object.entries(pinned.frame)) {
      const request = { cameraName: 'front', width: 160, height: 88, look: parseLook(look), frames: { start: 12, count: 1 } }
      for await (const { rgb, depth, seg } of renderDrive(device, drive, request)) {
        expect(digest(rgb.data), look).toBe(expected)
        expect(digest(depth, seg), look).toBe(pinned.truth)
      }
    }
  } finally {
    device.dispose()
  }
})
