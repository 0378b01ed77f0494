/**
 * One evaluation of a bundle's network, base and all control branches, through this runtime against PyTorch: same weights (random ones of the bundle's
 * sizes, since time does not depend on them), fp32, same threads, one after the other.
 *
 *   nx run world-model:bench -- --only pytorch [--bundle mini --threads 2 --frames 16]
 *
 * `--frames` are latent frames, 16 = 121 frames of video. Needs the Python environment (nx run world-model:setup). Seconds and CPU seconds are each the least
 * of the rounds. Closing lines: `<case> <provider> <figure> <value>`.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { type Tensor, tensor, tokenIndices } from '@virga/diffusion'
import { z } from 'zod'
import { type BoundControl, findBundle, type Graph, openGraph, runNetwork } from '../src/index.ts'

const { values } = parseArgs({
  options: {
    bundle: { type: 'string', default: 'mini' },
    threads: { type: 'string', default: '2' },
    frames: { type: 'string', default: '16' },
    rounds: { type: 'string', default: '3' },
  },
})
const root = resolve(import.meta.dirname, '../../..')
const python = join(root, 'apps', 'world-model', '.venv', 'bin', 'python')
const folder = join(root, '.cache', 'against-pytorch')
const factsJson = z.object({
  seconds: z.number(),
  cpuSeconds: z.number(),
  controls: z.array(z.string()),
  config: z.object({ dim: z.int(), control_blocks: z.int(), text_tokens: z.int(), text_dim: z.int() }),
  grid: z.tuple([z.int(), z.int(), z.int()]),
})

if (!existsSync(python)) {
  process.stdout.write(`pytorch is not measured: ${python} is missing (nx run world-model:setup)\n`)
  process.exit(0)
}
const bundle = await findBundle(values.bundle)
const { threads, rounds, frames } = values
const made = spawnSync(
  python,
  [
    '-m',
    'virga_world_model.benchmark',
    ...['--bundle', bundle.dir, '--out', folder, '--threads', threads, '--frames', frames, '--rounds', rounds],
  ],
  { stdio: ['ignore', 'inherit', 'inherit'], cwd: join(root, 'apps', 'world-model') },
)
if (made.status !== 0) process.exit(made.status ?? 1)
const facts = factsJson.parse(JSON.parse(readFileSync(join(folder, 'facts.json'), 'utf8')))

const [t, rows, columns] = facts.grid
const count = t * rows * columns
const read = (name: string, shape: readonly number[]): Tensor => {
  const bytes = readFileSync(join(folder, `${name}.f32`))
  return tensor(shape, new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)))
}
const { dim, control_blocks: controlBlocks, text_tokens: textTokens, text_dim: textDim } = facts.config
const options = { threads: Number(threads), providers: ['cpu'] as const }
const g = read('g', [1, count, dim])
const base = await openGraph('base', join(folder, 'base.onnx'), options)
const branches = new Map<string, { hint: Graph; control: Graph }>()
const controls: BoundControl[] = []
for (const name of facts.controls) {
  branches.set(name, { hint: base, control: await openGraph(`control_${name}`, join(folder, `control_${name}.onnx`), options) })
  controls.push({ name, g, weight: 1 / facts.controls.length })
}
const xs = read('x', [1, count, readFileSync(join(folder, 'x.f32')).length / 4 / count])
const run = {
  tokens: xs,
  noise: Float32Array.of(0.3),
  text: read('text', [1, textTokens, textDim]),
  grid: { data: tokenIndices({ frames: t, rows, columns }), shape: [count, 3] },
  timeScale: 1,
  controls,
}
const evaluate = (): Promise<Tensor> => runNetwork({ base, controls: branches }, { dim, controlBlocks, conditionMask: false }, run)
await evaluate()
let best = { seconds: Infinity, cpu: Infinity }
let output = tensor([0])
for (let i = 0; i < Number(rounds); i++) {
  const cpu = process.cpuUsage()
  const start = performance.now()
  output = await evaluate()
  const spent = process.cpuUsage(cpu)
  best = { seconds: Math.min(best.seconds, (performance.now() - start) / 1000), cpu: Math.min(best.cpu, (spent.user + spent.system) / 1e6) }
}
const expected = read('F', [1, count, output.shape[2]])
const largest = expected.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
const difference = expected.data.reduce((most, value, i) => Math.max(most, Math.abs(value - output.data[i])), 0)
const name = `network-${bundle.manifest.name}-${count}tokens-${facts.controls.length}controls`
const line = (adapter: string, figure: string, value: string): boolean => process.stdout.write(`${name} ${adapter} ${figure} ${value}\n`)
line('pytorch', 'seconds', facts.seconds.toFixed(2))
line('pytorch', 'cpu-seconds', facts.cpuSeconds.toFixed(2))
line('cpu', 'seconds', best.seconds.toFixed(2))
line('cpu', 'cpu-seconds', best.cpu.toFixed(2))
line('cpu', 'times-pytorch', (facts.cpuSeconds / best.cpu).toFixed(2))
line('cpu', 'difference', (difference / Math.max(1, largest)).toExponential(1))
if (!(difference <= 1e-3 * Math.max(1, largest))) throw new Error('the runtime and PyTorch disagree')
process.exit(0)
