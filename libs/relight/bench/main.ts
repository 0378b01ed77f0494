/** CPU milliseconds a 1280x704 frame for relight and detail transfer, with the shipped mini bundle's coefficients. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { RgbImage } from '@virga/scenario'
import { createDetailTransfer, loadRelight } from '../src/index.ts'

const [width, height] = [1280, 704]
const folder = join(import.meta.dirname, '../../../models/mini')
const manifest = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as { relight: unknown }
const relight = await loadRelight(folder, manifest.relight)
const classes = relight.classesOf('rgb-depth-seg')?.length ?? 1

const image: RgbImage = {
  width,
  height,
  data: Uint8Array.from({ length: width * height * 3 }, (_, i) => 128 + 100 * Math.sin(i / 999) + (i % 17)),
}
const depth = Float32Array.from({ length: width * height }, (_, i) => (i % 7 === 0 ? 0 : 3 + (i % 80)))
const seg = Uint8Array.from({ length: width * height }, (_, i) => (i >> 6) % classes)
const delta = Float32Array.from({ length: 320 * 176 * 3 }, (_, i) => 0.2 * Math.cos(i / 700))
const unchanged = new Float32Array(delta.length)

function measure(name: string, action: () => void): void {
  for (let i = 0; i < 3; i++) action()
  const [start, frames] = [process.cpuUsage(), 12]
  for (let i = 0; i < frames; i++) action()
  const { user, system } = process.cpuUsage(start)
  process.stdout.write(`${name} node cpu-ms/frame ${((user + system) / 1000 / frames).toFixed(1)}\n`)
}

const geometry = { depth, seg, up: depth.map((metres) => metres / 90), across: depth.map((metres) => metres / 45 - 1) }
for (const mode of relight.modes)
  measure(`relight-${mode}-${width}x${height}`, () =>
    relight.apply(mode, 'rain-night', mode === 'labels' ? { width, height } : image, geometry),
  )
const filter = createDetailTransfer({ width: 320, height: 176 })
measure('detail-320x176-to-1280x704', () => filter.push(image, image, delta))
const idle = createDetailTransfer({ width: 320, height: 176 })
measure('detail-of-no-change', () => idle.push(image, image, unchanged))
