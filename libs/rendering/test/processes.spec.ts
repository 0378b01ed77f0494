import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { styleNames } from '../src/index.ts'

/** Runs a program of this folder in a process of its own, on this Node and with this environment. */
async function run(program: string, ...flags: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, join(import.meta.dirname, 'programs', program)])
  return stdout.trim()
}

it('survives the garbage collector for 200 frames although nobody holds the device', async () => {
  expect(await run('gc-loop.ts', '--expose-gc')).toBe('200')
}, 180_000)

it('gives byte-identical frames in two processes', async () => {
  const [one, other] = [await run('digest.ts'), await run('digest.ts')]
  expect(one.split('\n').map((line) => line.split(' ')[0])).toEqual(styleNames)
  expect(one).toMatch(/^(\S+ [0-9a-f]{64}\n?)+$/)
  expect(other).toBe(one)
}, 180_000)
