import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { VirgaError } from '@virga/errors'
import { describe, expect, it } from 'vitest'
import { fuzz } from './fuzz.ts'
import { hexDump } from './hex-dump.ts'
import { mutate } from './mutate.ts'
import { seededRandom } from './random.ts'

const seedInputs = [Buffer.from('{"a": [1, 2.5, -3e2], "b": "text"}'), Buffer.from('{"c": null}')]

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString())
  } catch (cause) {
    throw new VirgaError('VIRGA_BAD_INPUT', 'not JSON', {}, { cause })
  }
}

describe('fuzz', () => {
  it('gives the same inputs for the same seed and takes refusals', async () => {
    const inputs = (seed: number): string[] =>
      Array.from({ length: 50 }, (_, run) => Buffer.from(mutate(seedInputs, seededRandom(seed, run))).toString('hex'))
    expect(inputs(7)).toEqual(inputs(7))
    expect(inputs(7)).not.toEqual(inputs(8))
    const report = await fuzz({ name: 'json', seedInputs, target: parse, runs: 500 })
    expect(report.runs).toBe(500)
    expect(report.accepted).toBeGreaterThan(100)
    expect(report.refused).toBeGreaterThan(100)
  })

  it('reports any other throw with run, seed and bytes', async () => {
    const crash = fuzz({
      name: 'crash',
      seedInputs,
      target: (bytes): unknown => JSON.parse(Buffer.from(bytes).toString()),
      runs: 500,
      seed: 3,
    })
    await expect(crash).rejects.toThrow(/fuzz crash: crash: SyntaxError[\s\S]*run \d+ of seed 3, \d+ bytes\)\n000000 {2}/)
  })

  it('reports a slow run and memory that grows', async () => {
    const slow = async (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 30))
    await expect(fuzz({ name: 'slow', seedInputs, target: slow, runs: 2, maxMs: 20_000 })).resolves.toBeDefined()
    const busy = (): void => {
      for (const end = performance.now() + 30; performance.now() < end;);
    }
    await expect(fuzz({ name: 'slow', seedInputs, target: busy, runs: 2, maxMs: 29 })).rejects.toThrow(/slow: took 3\d ms of 29/)
    const kept: Uint8Array[] = []
    const grow = (): number => kept.push(new Uint8Array(2 ** 23))
    await expect(fuzz({ name: 'grow', seedInputs, target: grow, runs: 200, maxRssGrowthMib: 64 })).rejects.toThrow(/memory grew by/)
  })

  it('prints the input of a run that never ends, and ends the process', () => {
    const program = `const { fuzz } = await import(${JSON.stringify(join(import.meta.dirname, 'fuzz.ts'))})
      let runs = 0
      await fuzz({ name: 'hang', seedInputs: [Buffer.from('abc')], maxMs: 200, target: () => { for (; runs++ > 0; ); } })`
    const { signal, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8', timeout: 20_000 })
    expect(signal).toBe('SIGKILL')
    expect(stderr).toMatch(/fuzz hang: run 0 hangs for more than 200 ms on the input \(hex\)\n[\da-f]*\n/)
  })

  it('fails where a seed input is refused', async () => {
    await expect(fuzz({ name: 'seed', seedInputs: [Buffer.from('{')], target: parse, runs: 1 })).rejects.toThrow('not JSON')
  })
})

describe('hexDump', () => {
  it('shows offset, bytes and text, and leaves out the middle of long input', () => {
    expect(hexDump(Buffer.from('Virga\x00\xff', 'latin1'))).toBe(`000000  56 69 72 67 61 00 ff${' '.repeat(27)}  Virga..`)
    const long = hexDump(new Uint8Array(5000), 64)
    expect(long.split('\n')).toHaveLength(5)
    expect(long).toContain('... 4936 bytes ...')
  })
})
