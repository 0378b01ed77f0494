/** CPU milliseconds a frame of the controls, at the sizes of the mini bundle and of Cosmos-Transfer1. */
import type { RgbImage } from '@virga/scenario'
import { depthPicture, edgeControl, resizeArea, resizeControl, segPicture, type Strength, visControl } from '../src/index.ts'

/** Gradients with texture and slanted lines: about the share of edges that a street has. */
function street(width: number, height: number): RgbImage {
  const data = new Uint8Array(width * height * 3)
  for (let at = 0; at < data.length; at++) {
    const [x, y] = [Math.floor(at / 3) % width, Math.floor(at / (3 * width))]
    data[at] = (x + 2 * y) % 90 < 6 ? 220 : 90 + (60 * y) / height + 20 * Math.sin(x / 7 + (at % 3)) * Math.cos(y / 5)
  }
  return { width, height, data }
}

function measure(name: string, frames: number, action: () => void): void {
  action()
  const start = process.cpuUsage()
  for (let i = 0; i < frames; i++) action()
  const { user, system } = process.cpuUsage(start)
  process.stdout.write(`${name} node cpu-ms/frame ${((user + system) / 1000 / frames).toFixed(1)}\n`)
}

const small = street(320, 176)
const large = street(1280, 704)
measure('edge-320x176', 60, () => edgeControl(small, 'medium'))
measure('vis-medium-320x176', 20, () => visControl(small, 'medium'))
measure('edge-1280x704', 10, () => edgeControl(large, 'medium'))
for (const preset of ['very_low', 'low', 'medium', 'high', 'very_high'] satisfies Strength[]) {
  measure(`vis-${preset}-1280x704`, preset === 'high' ? 1 : 3, () => visControl(large, preset))
}
const pixels = 1280 * 704
const depth = {
  width: 1280,
  height: 704,
  depth: Float32Array.from({ length: pixels }, (_, i) => (i < pixels / 2 ? 0 : 1e5 / (i - pixels / 2 + 400))),
}
const classes = { width: 1280, height: 704, classes: Uint8Array.from({ length: pixels }, (_, i) => Math.floor(i / 3000) % 12) }
measure('depth-1280x704', 20, () => depthPicture(depth))
measure('seg-1280x704', 20, () => segPicture(classes))
measure('area-1280x704-to-320x176', 20, () => resizeArea(large, 320, 176))
const full = street(1920, 1080)
measure('given-depth-1920x1080-to-1280x704', 5, () => resizeControl(full, { width: 1280, height: 704 }, 'depth'))
