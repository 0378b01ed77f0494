/**
 * The benches of the network, one after the other:
 *
 *   nx run world-model:bench [-- --only pytorch,clip,quality,full-width] [-- --bundle mini --threads 2 --quality-drives 4 --quality-frames 17]
 *
 *   pytorch     one evaluation, base and all branches, against PyTorch on the same weights, threads and precision
 *   clip        121 frames with all controls: seconds, the tokenizer's share, peak memory; and 363 frames at the default steps
 *   quality     PSNR against the simulator's own render of held-out drives per number of steps, with camera video and from map and LiDAR
 *   full-width  one block as wide as the published 7B
 *
 * Closing lines of each: `<case> <adapter> <figure> <value>`.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'

const root = resolve(import.meta.dirname, '../../..')
const { values } = parseArgs({
  options: {
    only: { type: 'string', default: 'pytorch,clip,quality,full-width' },
    bundle: { type: 'string', default: 'mini' },
    threads: { type: 'string', default: '2' },
    'quality-drives': { type: 'string', default: '4' },
    'quality-frames': { type: 'string', default: '17' },
    'quality-steps': { type: 'string', default: '0,default,4,8,16,35' },
    tokens: { type: 'string', default: '880' },
  },
})
const { bundle, threads } = values

function run(file, args) {
  const done = spawnSync(process.execPath, [join(root, 'tools/run.mjs'), file, ...args], { cwd: root, stdio: 'inherit' })
  if (done.status !== 0) process.exit(done.status ?? 1)
}

const benches = {
  pytorch: () => run('libs/models/bench/against-pytorch.ts', ['--bundle', bundle, '--threads', threads]),
  clip: () => {
    const common = ['--bundle', bundle, '--threads', threads]
    run('libs/models/bench/main.ts', [...common, '--frames', '121', '--steps', 'default,0,4,8'])
    run('libs/models/bench/main.ts', [...common, '--frames', '363', '--steps', 'default'])
  },
  quality: () => {
    for (const steps of values['quality-steps'].split(',')) {
      const out = join(root, '.cache', 'quality-of-steps', steps)
      const [drives, frames] = [values['quality-drives'], values['quality-frames']]
      const asked = steps === 'default' ? [] : ['--steps', steps]
      const common = ['--bundle', bundle, '--threads', threads, '--drives', drives, '--frames', frames]
      run('test/heldout/main.ts', [...common, '--parts', 'main', '--out', out, ...asked])
      const { mainRows } = JSON.parse(readFileSync(join(out, 'figures.json'), 'utf8'))
      for (const [kind, name] of [
        ['video', 'with-video'],
        ['map', 'map-and-lidar'],
      ]) {
        const psnr = mainRows.filter((row) => row.kind === kind).map(({ likeness }) => likeness.psnr)
        if (psnr.length === 0) continue
        const mean = psnr.reduce((sum, value) => sum + value, 0) / psnr.length
        process.stdout.write(`quality-${name}-${steps}step cpu psnr-db ${mean.toFixed(2)}\n`)
      }
    }
  },
  'full-width': () => run('libs/models/bench/full-width.ts', ['--threads', threads, '--tokens', values.tokens]),
}

for (const name of values.only.split(',')) {
  if (!Object.hasOwn(benches, name)) throw new Error(`--only ${name}: one or more of ${Object.keys(benches).join(', ')}`)
  benches[name]()
}
