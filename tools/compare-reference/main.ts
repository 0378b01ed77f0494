/**
 * Compares a rendered HD-map condition with a reference video of the same clip, frame by frame, and with what the video codec alone does to our
 * own frames:
 *
 *   node tools/run.mjs tools/compare-reference/main.ts LOG VIDEO CAMERA [--refine] [--placement JSON] [--frames N] [--out DIR]
 *
 * LOG is a folder in RDS-HQ layout, VIDEO what the reference tool made of it (frame i = pose i at 30 Hz). Where LOG has no boxes, what the
 * reference shows of them is masked out (mask.ts says how). --refine first fits the camera's place on the vehicle to the video (fit.ts), for
 * logs that do not state it; --placement takes a fit found before. DIR gets PNGs of reference, ours and difference.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openLog } from '@virga/formats'
import { renderCondition } from '@virga/rendering'
import type { Camera, RgbImage, Scenario } from '@virga/scenario'
import { createVideo, openVideo, writePng } from '@virga/video'
import { compare, type Difference } from './difference.ts'
import { fitPlacement, placed, type Placement, timeOf, unmoved } from './fit.ts'
import { boxMask } from './mask.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { refine: { type: 'boolean' }, placement: { type: 'string' }, frames: { type: 'string' }, out: { type: 'string' } },
})
const [log, video, cameraName] = positionals
if (cameraName === undefined) throw new Error('usage: main.ts LOG VIDEO CAMERA [--refine] [--placement JSON] [--frames N] [--out DIR]')

const scenario = await openLog(log)
const stated = scenario.rig.cameras.find(({ name }) => name === cameraName)
if (stated === undefined)
  throw new Error(`the log places no camera ${cameraName}; it has ${scenario.rig.cameras.map(({ name }) => name).join(', ')}`)
const reference = await openVideo(video)
const size = { width: reference.width, height: reference.height }
const count = Math.min(Number(values.frames ?? reference.frames), reference.frames)

const given = values.placement === undefined ? unmoved : (JSON.parse(values.placement) as Placement)
const placement = values.refine === true ? await refined(scenario, stated) : given
process.stdout.write(`camera moved by ${JSON.stringify(placement)}\n`)
const camera = placed(stated, placement)

const folder = mkdtempSync(join(tmpdir(), 'virga-compare-'))
try {
  const coded = await codeOwnFrames(join(folder, 'ours.mp4'))
  process.stdout.write(
    'frame | lit px kept | vs reference: mean abs, share > 16, of lit | codec on ours: mean abs, share > 16, of lit | unmasked: mean abs, share > 16\n',
  )
  const rows: Difference[][] = []
  let frame = 0
  const codedFrames = coded[Symbol.asyncIterator]()
  for await (const theirs of reference.read({ start: 0, count })) {
    const ours = await draw(frame)
    const { value } = (await codedFrames.next()) as { value: RgbImage }
    const masked = scenario.tracks.length === 0 ? boxMask(theirs) : new Uint8Array(size.width * size.height)
    const row = [compare(theirs, ours, masked), compare(value, ours, masked), compare(theirs, ours)]
    rows.push(row)
    process.stdout.write(`${line(String(frame), row)}\n`)
    if (values.out !== undefined && frame % 14 === 0) await writeTriptych(values.out, frame, theirs, ours, masked)
    frame += 1
  }
  const mean = rows[0].map((_, column) => meanOf(rows.map((row) => row[column])))
  process.stdout.write(`${line('mean', mean)}\n`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function draw(frame: number): Promise<RgbImage> {
  const request = { camera, style: 'hdmap-v1', ...size, chain: 'resize', timesUs: [timeOf(scenario, frame, placement)] } as const
  for await (const image of renderCondition(undefined, scenario, request)) return image
  throw new Error('nothing drawn')
}

/** Our frames through the codec that the reference tool uses: libx264, crf 18, preset slow. */
async function codeOwnFrames(path: string): Promise<AsyncIterable<RgbImage>> {
  const sink = await createVideo(path, { ...size, fps: reference.fps, crf: 18, preset: 'slow' })
  for (let frame = 0; frame < count; frame += 1) await sink.write(await draw(frame))
  await sink.finish()
  return openVideo(path)
}

async function refined(scenario: Scenario, camera: Camera): Promise<Placement> {
  const frames: { frame: number; image: RgbImage }[] = []
  for (let frame = 0; frame < count; frame += Math.max(Math.floor((count - 1) / 4), 1)) {
    for await (const image of reference.read({ start: frame, count: 1 })) frames.push({ frame, image })
  }
  return fitPlacement(scenario, camera, size, frames, given)
}

function line(name: string, [masked, codec, whole]: readonly Difference[]): string {
  const share = (value: number): string => `${(value * 100).toFixed(3)} %`
  const one = (d: Difference): string => `${d.meanAbsolute.toFixed(4)}, ${share(d.over)}, ${share(d.overOfLit)}`
  return `${name} | ${masked.lit.toFixed(0)} | ${one(masked)} | ${one(codec)} | ${whole.meanAbsolute.toFixed(3)}, ${share(whole.over)}`
}

function meanOf(list: readonly Difference[]): Difference {
  const mean = (field: keyof Difference): number => list.reduce((sum, d) => sum + d[field], 0) / list.length
  return { meanAbsolute: mean('meanAbsolute'), over: mean('over'), overOfLit: mean('overOfLit'), lit: mean('lit') }
}

/** Reference, ours and difference below one another; masked pixels are white in the difference. */
async function writeTriptych(out: string, frame: number, theirs: RgbImage, ours: RgbImage, masked: Uint8Array): Promise<void> {
  mkdirSync(out, { recursive: true })
  const difference = theirs.data.map((value, i) => (masked[Math.floor(i / 3)] === 1 ? 255 : Math.abs(value - ours.data[i])))
  const data = Uint8Array.from(Buffer.concat([theirs.data, ours.data, difference]))
  await writePng(join(out, `frame-${String(frame).padStart(3, '0')}.png`), { width: size.width, height: size.height * 3, data })
}
