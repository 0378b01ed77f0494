import { isVirgaError } from '@virga/errors'
import { hexDump } from './hex-dump.ts'
import { mutate } from './mutate.ts'
import { seededRandom } from './random.ts'
import { Watchdog } from './watchdog.ts'

export interface FuzzOptions {
  readonly name: string
  /** Good inputs, which the target must accept; small ones, since every run copies one. */
  readonly seedInputs: readonly Uint8Array[]
  /** Reads the bytes; a VirgaError is a refusal, any other throw a crash. */
  readonly target: (bytes: Uint8Array) => unknown
  /** Default 10 000, or VIRGA_FUZZ_RUNS. */
  readonly runs?: number
  /** Default 1, or VIRGA_FUZZ_SEED. */
  readonly seed?: number
  /** Longest that a run may take; default 5000. A run that never ends is printed and ends the process. */
  readonly maxMs?: number
  /** How much the resident memory, or that of array buffers, may grow; default 256. */
  readonly maxRssGrowthMib?: number
}

export interface FuzzReport {
  readonly runs: number
  /** Mutated inputs that the target read, and those that it refused with a VirgaError. */
  readonly accepted: number
  readonly refused: number
  readonly cpuSeconds: number
  readonly slowestMs: number
  readonly rssGrowthMib: number
}

const MiB = 2 ** 20
/** Memory is asked for after every eighth run, since asking takes longer than a run; the other thread watches the peak all the time. */
const memoryEvery = 8

/** How many runs a fuzz target does unless told: VIRGA_FUZZ_RUNS, else 10 000. */
export function fuzzRuns(): number {
  return Number(process.env.VIRGA_FUZZ_RUNS ?? 10_000)
}

/**
 * Feeds a parser with mutated inputs, the same ones for the same seed. Run `r` of seed `s` can be had alone by
 * `mutate(seedInputs, seededRandom(s, r))`.
 *
 * @throws Error on the first input that makes the target throw anything but a VirgaError, take longer than `maxMs` or grow the memory by
 * more than `maxRssGrowthMib`; with the run, the seed and a dump of the input
 */
export async function fuzz(options: FuzzOptions): Promise<FuzzReport> {
  const { name, seedInputs, target, maxMs = 5000, maxRssGrowthMib = 256 } = options
  const { runs = fuzzRuns(), seed = Number(process.env.VIRGA_FUZZ_SEED ?? 1) } = options
  for (const input of seedInputs) await target(input)
  const largest = Math.max(...seedInputs.map((input) => input.length))
  const watchdog = new Watchdog(name, maxMs, 4 * largest + 4096)
  await watchdog.ready()
  const before = process.memoryUsage()
  const cpu = process.cpuUsage()
  let [accepted, slowestMs, growth] = [0, 0, 0]
  try {
    for (let run = 0; run < runs; run++) {
      const input = mutate(seedInputs, seededRandom(seed, run))
      const fail = (what: string, cause?: unknown): never => {
        const place = `run ${run} of seed ${seed}, ${input.length} bytes`
        throw new Error(`fuzz ${name}: ${what} (${place})\n${hexDump(input)}`, { cause })
      }
      watchdog.begin(run, input)
      const begun = performance.now()
      try {
        await target(input)
        accepted += 1
      } catch (error) {
        if (!isVirgaError(error)) fail(`crash: ${error instanceof Error ? error.stack : String(error)}`, error)
      }
      watchdog.end()
      const took = performance.now() - begun
      slowestMs = Math.max(slowestMs, took)
      if (took > maxMs) fail(`took ${took.toFixed(0)} ms of ${maxMs}`)
      if (run % memoryEvery !== 0) continue
      const { arrayBuffers } = process.memoryUsage()
      growth = Math.max(growth, arrayBuffers - before.arrayBuffers, watchdog.peakRss - before.rss)
      if (growth > maxRssGrowthMib * MiB)
        fail(`memory grew by ${(growth / MiB).toFixed(0)} of ${maxRssGrowthMib} MiB, in this run or one of the ${memoryEvery - 1} before`)
    }
  } finally {
    await watchdog.close()
  }
  const { user, system } = process.cpuUsage(cpu)
  const cpuSeconds = (user + system) / 1e6
  return { runs, accepted, refused: runs - accepted, cpuSeconds, slowestMs, rssGrowthMib: growth / MiB }
}
