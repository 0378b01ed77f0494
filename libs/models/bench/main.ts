/**
 * Seconds and peak memory of one 121-frame clip at 320x176 per number of steps, on two threads:
 *
 *   nx run models:bench [-- --bundle mini --frames 121 --threads 2 --steps 0,1,4,8]
 *
 * Every case runs in a process of its own, so that its peak memory is its own. The drive has camera video: vis, edge and hdmap as controls, the relit
 * video as the base (with --no-video: hdmap alone on the prior). Closing lines: `<case> <provider> <figure> <value>`.
 */
import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import type { RgbImage } from '@virga/scenario'
import { type Bundle, createClipGenerator, findBundle, type GenerateRequest } from '../src/index.ts'

const { values } = parseArgs({
  options: {
    bundle: { type: 'string', default: 'mini' },
    frames: { type: 'string', default: '121' },
    threads: { type: 'string', default: '2' },
    steps: { type: 'string', default: '0,1,4,8' },
    'no-video': { type: 'boolean', default: false },
    one: { type: 'boolean', default: false },
  },
})

/** Moving stripes: cost does not depend on content, but constant frames would let a tokenizer off lightly. */
function stripes(bundle: Bundle, count: number, period: number): RgbImage[] {
  const { width, height } = bundle.manifest.video
  return Array.from({ length: count }, (_, t) => {
    const data = new Uint8Array(width * height * 3)
    for (let i = 0; i < data.length; i++) data[i] = ((Math.floor(i / 3) % width) + 2 * t) % period < period / 2 ? 40 + (i % 3) * 30 : 180
    return { width, height, data }
  })
}

function requestOf(bundle: Bundle, frames: number, steps: number): GenerateRequest {
  const names = values['no-video'] ? ['hdmap'] : Object.keys(bundle.manifest.controls)
  const controls = Object.fromEntries(names.map((name, n) => [name, { frames: stripes(bundle, frames, 16 + 8 * n) }]))
  const request = { frames, controls, look: bundle.manifest.looks[0].name, seed: 1, steps }
  return values['no-video'] ? request : { ...request, baseVideo: stripes(bundle, frames, 48) }
}

async function measure(steps: number): Promise<void> {
  const bundle = await findBundle(values.bundle)
  const frames = Number(values.frames)
  const generator = createClipGenerator(bundle, { threads: Number(values.threads) })
  const request = requestOf(bundle, frames, steps)
  const cpu = process.cpuUsage()
  const start = performance.now()
  const made = await generator.generate(request)
  const seconds = (performance.now() - start) / 1000
  const spent = process.cpuUsage(cpu)
  const { encode, decode } = made.seconds
  const name = `${bundle.manifest.name}${values['no-video'] ? '-no-video' : ''}-${frames}f-${steps}step`
  const line = (figure: string, value: string): boolean => process.stdout.write(`${name} ${made.effectiveProvider} ${figure} ${value}\n`)
  line('seconds', seconds.toFixed(1))
  line('cpu-seconds', ((spent.user + spent.system) / 1e6).toFixed(1))
  line('tokenizer-share', ((encode + decode) / seconds).toFixed(2))
  line('peak-mib', (process.resourceUsage().maxRSS / 1024).toFixed(0))
  await generator.dispose()
}

if (values.one) await measure(Number(values.steps))
else
  for (const steps of values.steps.split(',')) {
    const done = spawnSync(process.execPath, [import.meta.filename, ...process.argv.slice(2), '--one', '--steps', steps], { stdio: 'inherit' })
    if (done.status !== 0) process.exit(done.status ?? 1)
  }
