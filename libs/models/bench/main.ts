/**
 * Seconds, the tokenizer's share and peak memory of a clip per number of steps and of frames, on two threads:
 *
 *   nx run models:bench [-- --bundle mini --frames 121,363 --threads 2 --steps default,0,4,8]
 *
 * Every case runs in a process of its own, so that its peak memory is its own. The drive has camera video: every control of the bundle, the relit
 * video as the base (with --no-video: the drawn controls on the prior). Inputs are made when a clip reads them and outputs are let go, as `virga augment` does.
 * `seam` is the mean frame difference where clips meet, relative to elsewhere. Closing lines: `<case> <provider> <figure> <value>`.
 */
import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import type { RgbImage } from '@virga/scenario'
import { type Bundle, createClipGenerator, findBundle, type GenerateRequest, planVideo, type VideoReader } from '../src/index.ts'

const { values } = parseArgs({
  options: {
    bundle: { type: 'string', default: 'mini' },
    frames: { type: 'string', default: '121' },
    threads: { type: 'string', default: '2' },
    steps: { type: 'string', default: 'default,0,1,4,8' },
    'control-every': { type: 'string', default: '1' },
    'no-video': { type: 'boolean', default: false },
    one: { type: 'boolean', default: false },
  },
})

/** Moving stripes: cost does not depend on content, but constant frames would let a tokenizer off lightly. */
function stripes(bundle: Bundle, count: number, period: number): VideoReader {
  const { width, height } = bundle.manifest.video
  const frame = (t: number): RgbImage => {
    const data = new Uint8Array(width * height * 3)
    for (let i = 0; i < data.length; i++) data[i] = ((Math.floor(i / 3) % width) + 2 * t) % period < period / 2 ? 40 + (i % 3) * 30 : 180
    return { width, height, data }
  }
  return { count, read: (first, wanted) => Array.from({ length: wanted }, (_, i) => frame(first + i)) }
}

function requestOf(bundle: Bundle, frames: number, steps: number): GenerateRequest {
  const all = Object.keys(bundle.manifest.controls)
  const names = values['no-video'] ? all.filter((name) => name !== 'vis' && name !== 'edge') : all
  const controls = Object.fromEntries(names.map((name, n) => [name, { frames: stripes(bundle, frames, 16 + 8 * n) }]))
  const request = { frames, controls, look: bundle.manifest.looks[0].name, seed: 1, steps, controlEvery: Number(values['control-every']) }
  return values['no-video'] ? request : { ...request, baseVideo: stripes(bundle, frames, 48) }
}

/** Mean frame difference where a clip's frames begin to come in, relative to that of all other frames. */
class Seams {
  readonly #at: ReadonlySet<number>
  readonly #sums = { seam: 0, seams: 0, other: 0, others: 0 }
  #before: RgbImage | undefined
  #frame = 0

  constructor(bundle: Bundle, frames: number) {
    const { clips, overlap } = planVideo(frames, 1, bundle.manifest)
    this.#at = new Set(clips.slice(1).flatMap(({ first }) => Array.from({ length: overlap + 1 }, (_, i) => first + i)))
  }

  push(image: RgbImage): void {
    if (this.#before !== undefined) {
      let sum = 0
      for (let i = 0; i < image.data.length; i++) sum += Math.abs(image.data[i] - this.#before.data[i])
      const kind = this.#at.has(this.#frame) ? 'seam' : 'other'
      this.#sums[kind] += sum
      this.#sums[`${kind}s`]++
    }
    this.#before = image
    this.#frame++
  }

  get ratio(): number {
    const { seam, seams, other, others } = this.#sums
    return seam / seams / (other / others)
  }
}

async function measure(frames: number, asked: string): Promise<void> {
  const bundle = await findBundle(values.bundle)
  const steps = asked === 'default' ? bundle.manifest.defaults.steps : Number(asked)
  const generator = createClipGenerator(bundle, { threads: Number(values.threads) })
  const request = requestOf(bundle, frames, steps)
  const seams = new Seams(bundle, frames)
  const cpu = process.cpuUsage()
  const start = performance.now()
  const made = { provider: '', clips: 0, tokenizer: 0 }
  for await (const part of generator.stream(request)) {
    part.frames.forEach((frame) => seams.push(frame))
    made.provider = part.effectiveProvider
    made.clips = part.clips
    made.tokenizer = part.seconds.encode + part.seconds.decode
  }
  const seconds = (performance.now() - start) / 1000
  const spent = process.cpuUsage(cpu)
  const name = `${bundle.manifest.name}${values['no-video'] ? '-no-video' : ''}-${frames}f-${values['control-every'] === '1' ? '' : `branches-every-${values['control-every']}-`}${asked === 'default' ? `default-${steps}` : steps}step`
  const line = (figure: string, value: string): boolean => process.stdout.write(`${name} ${made.provider} ${figure} ${value}\n`)
  line('seconds', seconds.toFixed(1))
  line('cpu-seconds', ((spent.user + spent.system) / 1e6).toFixed(1))
  line('controls', String(Object.keys(request.controls).length))
  line('tokenizer-share', (made.tokenizer / seconds).toFixed(2))
  line('peak-gib', (process.resourceUsage().maxRSS / 2 ** 20).toFixed(2))
  if (made.clips > 1) line('clips', String(made.clips))
  if (made.clips > 1) line('seam', seams.ratio.toFixed(2))
  await generator.dispose()
}

if (values.one) await measure(Number(values.frames), values.steps)
else
  for (const frames of values.frames.split(','))
    for (const steps of values.steps.split(',')) {
      const own = ['--one', '--frames', frames, '--steps', steps]
      const done = spawnSync(process.execPath, [import.meta.filename, ...process.argv.slice(2), ...own], { stdio: 'inherit' })
      if (done.status !== 0) process.exit(done.status ?? 1)
    }
