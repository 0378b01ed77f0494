import { type Camera, fthetaFromIntrinsics, type MapElement, type RgbImage } from '@virga/scenario'
import { describe, expect, it } from 'vitest'
import { cameraOf, city, inCity, pinhole, randomSource, scenarioOf } from '../../test/scenario.ts'
import { Projector } from '../camera/projector.ts'
import { toCamera, viewAt } from '../camera/view.ts'
import { renderCondition } from '../render-condition.ts'
import type { FlatDescription, LineLayer } from './description.ts'
import { flatStyle } from './flat-style.ts'
import { clipLine, type LineEnds } from './opencv/clip-line.ts'
import { RowSpans } from './opencv/row-spans.ts'
import { thickLine, type ThickLineParts } from './opencv/thick-line.ts'
import { shade } from './shade.ts'

const ftheta = fthetaFromIntrinsics([
  954.2063, 757.15415, 1920, 1080, 0, 1.05758628e-3, 8.2116208e-9, -3.3945008e-11, 8.0734208e-14, -2.94602496e-17, 1,
]).model

const cameras: Record<string, Camera> = {
  pinhole: cameraOf(pinhole),
  'f-theta': cameraOf(ftheta, 1920, 1080),
  'Kannala-Brandt': cameraOf({ kind: 'kannala-brandt', fx: 300, fy: 300, cx: 500, cy: 300, k: [-0.01, 0.004, -0.002, 0.0002] }, 1000, 600),
  'rational, barrel': cameraOf(
    { kind: 'opencv-rational', fx: 500, fy: 500, cx: 480, cy: 270, k: [-0.3, 0.09, -0.01, 0, 0, 0], p1: 0, p2: 0 },
    960,
    540,
  ),
}

const layer: LineLayer = { draw: 'lines', of: 'road-boundary', rgb: [200, 36, 35], thickness: 8, spacing: 0.8 }
const description: FlatDescription = {
  name: 'boundaries',
  title: 'boundaries alone',
  defaultChain: 'direct',
  shading: { far: 122.5, range: 127.5 },
  nearClip: { lines: 0.2, hulls: 0.05 },
  layers: [layer],
}

/** Random walks over the ground in all directions around the vehicle, some of them far away, some with long edges. */
function randomRoads(): MapElement[] {
  const random = randomSource(11)
  return Array.from({ length: 120 }, (_, i): MapElement => {
    const step = i % 5 === 0 ? 90 : 15
    const points = [110 * random(), 110 * random(), -1.5]
    for (let k = 0; k < 12; k += 1) points.push(points[k * 3] + step * random(), points[k * 3 + 1] + step * random(), -1.5 + 0.5 * random())
    return { id: `${i}`, kind: 'road-boundary', line: inCity(...points) }
  })
}

/** The same rules without anything that saves work: every sample projected, every line rasterised where it lies. */
function drawnPlainly(map: readonly MapElement[], camera: Camera): Uint8Array {
  const { width, height } = camera
  const view = viewAt(scenarioOf({}), camera, Math.PI, 0, [...city])
  const parts: ThickLineParts = [new RowSpans(width, height), new RowSpans(width, height), new RowSpans(width, height)]
  const projector = new Projector(camera.model)
  const place = (p: readonly number[], round: (v: number) => number): [number, number] => {
    projector.project(p[0], p[1], p[2])
    return [round(projector.u), round(projector.v)]
  }
  const picture = new Uint8Array(width * height * 3)
  for (const element of map) {
    if (element.kind !== 'road-boundary') continue
    const samples: (readonly number[])[] = []
    for (let i = 3; i < element.line.length; i += 3) {
      const [a, b] = [i - 3, i].map((at) => [0, 1, 2].map((axis) => element.line[at + axis] - city[axis]))
      const n = Math.max(Math.floor(Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]) / 0.8), 2)
      for (let k = 0; k < n; k += 1) {
        const [x, y, z] = [0, 1, 2].map((axis) => a[axis] + ((b[axis] - a[axis]) * k) / (n - 1))
        samples.push(toCamera(view.world_to_camera, x, y, z))
      }
    }
    const pixels = samples.map((p) => place(p, Math.round))
    if (!pixels.some(([u, v]) => u >= 0 && u < width && v >= 0 && v < height) || samples.every(([, , z]) => z > 122.5)) continue
    for (let i = 1; i < samples.length; i += 1) {
      const [a, b] = [samples[i - 1], samples[i]]
      if (a[2] < 0 && b[2] < 0) continue
      let ends = [...pixels[i - 1], ...pixels[i]] as LineEnds
      if (a[2] < 0 || b[2] < 0) {
        const [front, behind] = a[2] < 0 ? [b, a] : [a, b]
        const t = -behind[2] / (front[2] - behind[2]) + 0.2
        const cut = [0, 1, 2].map((axis) => t * front[axis] + (1 - t) * behind[axis])
        ends = [...place(a[2] < 0 ? cut : a, Math.trunc), ...place(b[2] < 0 ? cut : b, Math.trunc)] as LineEnds
      }
      if (!ends.every(Number.isFinite)) continue
      clipLine(width, height, ends)
      if (ends.some((value) => Math.abs(value) > 1 << 14)) continue
      const rgb = shade(layer.rgb, (Math.min(Math.max(a[2], 0), 122.5) + Math.min(Math.max(b[2], 0), 122.5)) / 2, description.shading)
      thickLine(parts, ...ends, layer.thickness)
      for (const { top, bottom, left, right } of parts) {
        for (let y = top; y <= bottom; y += 1) {
          for (let x = Math.max(left[y], 0); x <= Math.min(right[y], width - 1); x += 1) {
            picture.set([rgb & 255, (rgb >> 8) & 255, rgb >> 16], (y * width + x) * 3)
          }
        }
      }
    }
  }
  return picture
}

describe('lines', () => {
  it.each(Object.entries(cameras))('%s: what is skipped is not seen', async (_name, camera) => {
    const map = randomRoads()
    const frames: RgbImage[] = []
    const request = { camera, width: camera.width, height: camera.height, timesUs: [0], style: flatStyle(description) }
    for await (const frame of renderCondition(undefined, scenarioOf({ map }), request)) frames.push(frame)
    const plain = drawnPlainly(map, camera)
    let differing = 0
    let lit = 0
    for (let i = 0; i < plain.length; i += 3) {
      const same = [0, 1, 2].every((channel) => plain[i + channel] === frames[0].data[i + channel])
      if (!same) differing += 1
      if (plain[i] > 0) lit += 1
    }
    expect(lit).toBeGreaterThan(1000)
    expect(differing).toBe(0)
  })
})
