/**
 * One base block and one control block as wide as the 7B (random weights, fp32, external data) through this runtime on the CPU:
 *
 *   nx run world-model:bench [-- --tokens 880 --threads 2]
 *
 * Exported once into .cache/full-width (about 3 GB on disk, 5 GB of memory). Measured: seconds, CPU seconds and peak memory per block, share of the
 * machine's peak (one matrix product of the MLP's size in the same runtime), by CPU seconds, since other work disturbs wall time; then the arithmetic to 28 blocks at 1280x704x121.
 * Closing lines: `<case> <provider> <figure> <value>`.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { type Tensor, tensor, tokenIndices } from '@virga/diffusion'
import { type Feeds, type Graph, openGraph } from '../src/index.ts'
import { networkCost, type NetworkSize, stepMemory } from '../src/cost.ts'

const root = resolve(import.meta.dirname, '../../..')
const folder = join(root, '.cache', 'full-width')
const worldModel = join(root, 'apps', 'world-model')
const { values } = parseArgs({
  options: { tokens: { type: 'string', default: '880' }, threads: { type: 'string', default: '2' }, part: { type: 'string' } },
})
const tokens = Number(values.tokens)
const threads = Number(values.threads)
const one: NetworkSize = { dim: 4096, heads: 32, blocks: 1, textTokens: 512, textDim: 1024, adalnRank: 256, controlBlocks: 1 }
const whole: NetworkSize = { ...one, blocks: 28, controlBlocks: 3 }
const line = (name: string, figure: string, value: string): boolean => process.stdout.write(`${name} cpu ${figure} ${value}\n`)

/** Numbers of order one; a fixed sequence, so that runs are the same. */
function numbers(shape: readonly number[]): Tensor {
  const made = tensor(shape)
  let state = 1
  for (let i = 0; i < made.data.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    made.data[i] = state / 2 ** 31 - 1
  }
  return made
}

/** The run of the fewest CPU seconds after one that warms up. */
async function timed(graph: Graph, feeds: Feeds, runs: number): Promise<{ seconds: number; cpu: number }> {
  await graph.run(feeds)
  let best = { seconds: Infinity, cpu: Infinity }
  for (let i = 0; i < runs; i++) {
    const cpu = process.cpuUsage()
    const start = performance.now()
    await graph.run(feeds)
    const seconds = (performance.now() - start) / 1000
    const spent = process.cpuUsage(cpu)
    const cpuSeconds = (spent.user + spent.system) / 1e6
    if (cpuSeconds < best.cpu) best = { seconds, cpu: cpuSeconds }
  }
  return best
}

async function measure(part: string): Promise<void> {
  const graph = await openGraph(part.startsWith('control') ? 'control_block' : part, join(folder, `${part}.onnx`), {
    threads,
    providers: ['cpu'],
  })
  const opened = process.resourceUsage().maxRSS / 1024
  const token = [1, tokens, one.dim]
  const rows = Math.ceil(tokens / 220)
  const grid = { data: tokenIndices({ frames: rows, rows: 11, columns: 20 }).subarray(0, tokens * 3), shape: [tokens, 3] }
  const shared = {
    c_noise: tensor([1], Float32Array.of(0.3)),
    text: numbers([1, one.textTokens, one.textDim]),
    time_scale: tensor([1], Float32Array.of(1)),
    grid,
  }
  const inputs: Record<string, Feeds> = {
    base: { ...shared, x: numbers([1, tokens, 68]), R0: numbers(token) },
    control_block: { ...shared, x: numbers([1, tokens, 68]), g: numbers(token) },
    hint_block: { hint: numbers([1, tokens, 64]) },
    peak: { x: numbers([1, 1024, one.dim]) },
  }
  const feeds = inputs[part] as Feeds | undefined
  if (feeds === undefined) throw new Error(`no part ${part}`)
  const { seconds, cpu } = await timed(graph, feeds, part === 'peak' ? 6 : 3)
  const flops =
    {
      base: networkCost(one, tokens).base,
      control_block: networkCost(one, tokens).control,
      peak: 2 * 1024 * one.dim * 4 * one.dim,
      hint_block: 0,
    }[part] ?? 0
  const name = part === 'peak' ? 'peak' : `${part}-${tokens}tokens`
  line(name, 'seconds', seconds.toFixed(3))
  line(name, 'cpu-seconds', cpu.toFixed(2))
  if (flops > 0) line(name, 'gflop', (flops / 1e9).toFixed(0))
  if (flops > 0) line(name, 'gflop-per-cpu-s', (flops / 1e9 / cpu).toFixed(1))
  line(name, 'opened-mib', opened.toFixed(0))
  line(name, 'peak-mib', (process.resourceUsage().maxRSS / 1024).toFixed(0))
  await graph.release()
}

function exportOnce(): void {
  if (existsSync(join(folder, 'facts.json'))) return
  const python = join(worldModel, '.venv', 'bin', 'python')
  if (!existsSync(python)) throw new Error(`the blocks are exported by the world model: run ${join(worldModel, 'tools', 'setup.sh')} first`)
  const done = spawnSync(python, ['-m', 'virga_world_model.export', 'full-width', '--out', folder], {
    cwd: worldModel,
    stdio: ['ignore', 2, 'inherit'],
  })
  if (done.status !== 0) process.exit(done.status ?? 1)
}

/** Figures of a part, each measured in a process of its own, so that its peak memory is its own. */
function run(part: string): Map<string, number> {
  const parameters = ['--part', part, '--tokens', values.tokens, '--threads', values.threads]
  const done = spawnSync(process.execPath, [import.meta.filename, ...parameters], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  process.stdout.write(done.stdout)
  if (done.status !== 0) process.exit(done.status ?? 1)
  return new Map(
    done.stdout
      .trim()
      .split('\n')
      .map((text) => [text.split(' ')[2], Number(text.split(' ')[3])]),
  )
}

if (values.part !== undefined) await measure(values.part)
else {
  exportOnce()
  const facts = JSON.parse(readFileSync(join(folder, 'facts.json'), 'utf8')) as { exportPeakMiB: number }
  line('export', 'peak-mib', String(facts.exportPeakMiB))
  const peak = run('peak').get('gflop-per-cpu-s')!
  const base = run('base').get('gflop-per-cpu-s')!
  const control = run('control_block').get('gflop-per-cpu-s')!
  line('base', 'share-of-peak', (base / peak).toFixed(2))
  line('control_block', 'share-of-peak', (control / peak).toFixed(2))
  const all = 16 * 44 * 80
  const cost = networkCost(whole, all)
  line('7b-56320tokens', 'base-tflop', (cost.base / 1e12).toFixed(0))
  line('7b-56320tokens', 'control-tflop', (cost.control / 1e12).toFixed(0))
  const evaluation = cost.base + 2 * cost.control
  line('7b-56320tokens', 'hours-per-step-hdmap-lidar-at-this-rate', ((2 * evaluation) / 1e9 / base / threads / 3600).toFixed(1))
  // bf16 where a provider computes in it; the importer's bf16 bundles are computed in fp32
  for (const [type, bytes] of [
    ['fp32', 4],
    ['fp16-or-bf16', 2],
  ] as const)
    for (const fused of [true, false]) {
      const needed = stepMemory(whole, all, { bytes, controls: 2, fused })
      line(`7b-56320tokens-${type}`, `gb-${fused ? 'fused' : 'unfused'}-attention`, (needed / 1e9).toFixed(0))
    }
}
