/** Milliseconds a frame for the controls that are taken from camera video, at the sizes of the mini bundle and of Cosmos-Transfer1. */
import type { RgbImage } from '@virga/scenario'
import { edgeControl, resizeArea, visControl } from '../src/index.ts'

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
measure('vis-medium-1280x704', 3, () => visControl(large, 'medium'))
measure('area-1280x704-to-320x176', 20, () => resizeArea(large, 320, 176))
