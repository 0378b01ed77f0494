/** Compares Canny and the bilateral filter with the cases of opencv_cases.py, which says how both are run; fails on any other edge. */
import { readFileSync } from 'node:fs'
import { bilateral, canny } from '../src/index.ts'

const bytes = readFileSync(process.argv[2] ?? 'cases.bin')
let at = 0
const number = (): number => bytes.readInt32LE((at += 4) - 4)
const take = (count: number): Uint8Array => new Uint8Array(bytes.subarray(at, (at += count)))

const edges = { pictures: 0, other: 0 }
const blur = { values: 0, other: 0, worst: 0 }
while (at < bytes.length) {
  const [width, height] = [number(), number()]
  const picture = { width, height, data: take(width * height * 3) }
  for (let preset = 0; preset < 5; preset++) {
    const [low, high] = [number(), number()]
    edges.pictures++
    if (Buffer.compare(canny(picture, low, high), take(width * height)) === 0) continue
    edges.other++
    process.stdout.write(`Canny ${low}, ${high} of a picture of ${width} x ${height} differs\n`)
  }
  const ours = bilateral(picture, number(), number(), number()).data
  take(ours.length).forEach((value, i) => {
    const off = Math.abs(value - ours[i])
    blur.worst = Math.max(blur.worst, off)
    blur.other += off > 0 ? 1 : 0
    blur.values++
  })
}
process.stdout.write(`Canny: ${edges.other} of ${edges.pictures} pictures differ\n`)
process.stdout.write(`bilateral: ${blur.other} of ${blur.values} values differ, by at most ${blur.worst}\n`)
if (edges.other > 0 || blur.worst > 1) process.exitCode = 1
