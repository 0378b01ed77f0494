import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { openRenderDevice } from '@virga/rendering'
import { readPng, writePng } from '@virga/video'
import { expect, it } from 'vitest'
import { parseLook, renderDrive, simulateDrive, simulatorVersion } from '../src/index.ts'
import { actorGeometry } from '../src/geometry/actor-mesh.ts'
import { staticGeometry } from '../src/geometry/static-geometry.ts'

const digest = (...parts: ArrayBufferView[]): string => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(new Uint8Array(part.buffer, part.byteOffset, part.byteLength))
  return hash.digest('hex').slice(0, 16)
}

/**
 * A shipped model was fitted to these pixels, and stage keys hold `simulatorVersion`: whoever changes them on purpose raises the version and
 * draws the pictures in golden/ anew (VIRGA_UPDATE_GOLDEN=1).
 */
const pinned = { version: 'virga-simulation/4', geometry: '62a125c5e79f1d95' }
const looks = ['clear/day', 'rain/night']
const golden = (name: string): string => join(import.meta.dirname, 'golden', `${name.replace('/', '-')}.png`)

it('the world of a seed stays what it is', () => {
  expect(simulatorVersion).toBe(pinned.version)
  const { vertices, indices } = staticGeometry(simulateDrive({ seed: 7, seconds: 1 }))
  const actors = actorGeometry()
  expect(digest(vertices, indices, actors.vertices, actors.indices)).toBe(pinned.geometry)
})

it.each(looks)('the pixels and classes of a seed stay what they are, up to what adapters round: %s', { timeout: 60_000 }, async (look) => {
  const device = await openRenderDevice()
  try {
    const drive = simulateDrive({ seed: 7, seconds: 1 })
    const request = { cameraName: 'front', width: 160, height: 88, look: parseLook(look), frames: { start: 12, count: 1 } }
    for await (const { rgb, seg } of renderDrive(device, drive, request)) {
      const classes = { width: 160, height: 88, data: Uint8Array.from({ length: seg.length * 3 }, (_, i) => seg[Math.floor(i / 3)] * 20) }
      if (process.env.VIRGA_UPDATE_GOLDEN === '1') {
        await writePng(golden(look), rgb)
        await writePng(golden('classes'), classes)
      }
      const off = differences(rgb.data, (await readPng(golden(look))).data)
      // lavapipe and SwiftShader differ at edges and by single levels.
      expect(off.mean).toBeLessThan(0.5)
      expect(off.share).toBeLessThan(0.01)
      expect(differences(classes.data, (await readPng(golden('classes'))).data).share).toBeLessThan(0.005)
    }
  } finally {
    device.dispose()
  }
})

/** Mean difference in levels, and the share of values that differ by more than 8. */
function differences(a: Uint8Array, b: Uint8Array): { mean: number; share: number } {
  expect(a.length).toBe(b.length)
  let [sum, far] = [0, 0]
  a.forEach((value, i) => {
    const difference = Math.abs(value - b[i])
    sum += difference
    if (difference > 8) far += 1
  })
  return { mean: sum / a.length, share: far / a.length }
}
