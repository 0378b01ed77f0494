/**
 * What the host's share of a clip costs, and after it the whole clip:
 *
 *   nx run diffusion:bench [-- options of the models' bench]
 *
 * The networks belong to @virga/models, which this library does not know; its bench runs as a process of its own. Closing lines:
 * `<case> <adapter> <figure> <value>`.
 */
import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { type Denoiser, guidedDenoise, numpyNoise, patchify, sample, sigmaSchedule, sizeOf, tensor, unpatchify } from '../src/index.ts'

const shape = [1, 16, 16, 22, 40]
const noise = numpyNoise(1, sizeOf(shape))

async function time(name: string, runs: number, work: () => unknown): Promise<void> {
  await work()
  const start = performance.now()
  for (let i = 0; i < runs; i++) await work()
  process.stdout.write(`${name} host milliseconds ${((performance.now() - start) / runs).toFixed(2)}\n`)
}

/** A network that costs nothing but the token orders. */
const idle: Denoiser = { predict: async ({ x }) => unpatchify(patchify(x), x.shape) }

await time('noise-121f', 20, () => numpyNoise(1, noise.length))
await time('patchify-121f', 50, () => patchify(tensor(shape, noise)))
await time('sample-121f-8step-guided', 10, () =>
  sample(
    guidedDenoise(idle, shape, { guidance: 3 }),
    noise.map((value) => value * 80),
    sigmaSchedule(8, 80),
  ),
)

const models = resolve(import.meta.dirname, '../../models/bench/main.ts')
const done = spawnSync(process.execPath, [models, ...process.argv.slice(2)], { stdio: 'inherit' })
process.exitCode = done.status ?? 1
