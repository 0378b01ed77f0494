/** CPU milliseconds a 1280x704 frame for relight and detail transfer, with the terms that the mini bundle uses. */
import type { RgbImage } from '@virga/scenario'
import { createDetailTransfer } from '../src/index.ts'
import { parseRelightEntry } from '../src/manifest.ts'
import { createRelight } from '../src/relight.ts'

const [width, height] = [1280, 704]
const colours = ['r', 'g', 'b']
const squares = [
  ['r', 'r'],
  ['g', 'g'],
  ['b', 'b'],
  ['r', 'g'],
  ['g', 'b'],
  ['r', 'b'],
]
const plain = [[], ...colours.map((c) => [c]), ...squares, ['row'], ['row', 'row'], ...colours.map((c) => [c, 'row'])]
const rich = [
  ...plain,
  ['near'],
  ['near', 'near'],
  ['near', 'near', 'near'],
  ...colours.flatMap((c) => [
    [c, 'near'],
    [c, 'near', 'near'],
  ]),
]
const classes = Array.from({ length: 16 }, (_, i) => `class-${i}`)
const entry = parseRelightEntry(
  {
    file: 'none',
    looks: ['rain-night'],
    modes: {
      rgb: { variables: ['r', 'g', 'b', 'row'], terms: plain, classes: ['all'] },
      'rgb-depth-seg': { variables: ['r', 'g', 'b', 'row', 'near'], terms: rich, classes },
    },
  },
  'bench',
)
const tensor = (shape: number[]) => ({
  dtype: 'F32',
  shape,
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => 0.2 * Math.sin(i)),
})
const tensors = new Map([
  ['rgb', tensor([1, 1, plain.length, 3])],
  ['rgb-depth-seg', tensor([1, classes.length, rich.length, 3])],
])
const relight = createRelight(entry, tensors, 'bench')

const image: RgbImage = {
  width,
  height,
  data: Uint8Array.from({ length: width * height * 3 }, (_, i) => 128 + 100 * Math.sin(i / 999) + (i % 17)),
}
const depth = Float32Array.from({ length: width * height }, (_, i) => (i % 7 === 0 ? 0 : 3 + (i % 80)))
const seg = Uint8Array.from({ length: width * height }, (_, i) => (i >> 6) % classes.length)
const delta = Float32Array.from({ length: 320 * 176 * 3 }, (_, i) => 0.2 * Math.cos(i / 700))
const unchanged = new Float32Array(delta.length)

function measure(name: string, action: () => void): void {
  for (let i = 0; i < 3; i++) action()
  const [start, frames] = [process.cpuUsage(), 12]
  for (let i = 0; i < frames; i++) action()
  const { user, system } = process.cpuUsage(start)
  process.stdout.write(`${name} node cpu-ms/frame ${((user + system) / 1000 / frames).toFixed(1)}\n`)
}

measure('relight-rgb-1280x704', () => relight.apply(image, 'rain-night'))
measure('relight-rgb-depth-seg-1280x704', () => relight.apply(image, 'rain-night', { depth, seg }))
const filter = createDetailTransfer({ width: 320, height: 176 })
measure('detail-320x176-to-1280x704', () => filter.push(image, image, delta))
const idle = createDetailTransfer({ width: 320, height: 176 })
measure('detail-of-no-change', () => idle.push(image, image, unchanged))
