/**
 * Reads fixture cases: folders of `case.json`, `inputs.safetensors` and `expected.safetensors` that hold numbers made by the official code. Cases,
 * tensors and shapes are discovered from the files, so that a set with other seeds and sizes runs unchanged.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseSafetensors, type StoredTensor, type Tensor, tensor } from '../src/index.ts'

const workspaceRoot = resolve(import.meta.dirname, '../../..')

/** The folder of fixtures: VIRGA_FIXTURES, else ../shared/fixtures beside the workspace. */
export const fixturesRoot = resolve(workspaceRoot, process.env.VIRGA_FIXTURES ?? '../shared/fixtures')

export interface TensorEntry {
  readonly atol?: number
  readonly atol_per_step?: number[]
  readonly doc?: string
}

/** A fixture case with its tensors, named as in case.json: `inputs/x`, `expected/x0`. */
export interface FixtureCase {
  readonly name: string
  readonly folder: string
  readonly scalars: Readonly<Record<string, unknown>>
  readonly entries: Readonly<Record<string, TensorEntry>>
  has(tensorName: string): boolean
  stored(tensorName: string): StoredTensor
  /** As float32, whatever the dtype on disk. */
  tensor(tensorName: string): Tensor
  /** The stated tolerance of an expected tensor. */
  atol(tensorName: string): number
}

export function hasCase(name: string): boolean {
  return existsSync(join(fixturesRoot, name, 'case.json'))
}

/** Why a case cannot run here, for skip messages. */
export function missingCase(name: string): string {
  return `fixture case ${name} is not in ${fixturesRoot} (set VIRGA_FIXTURES)`
}

export function loadCase(name: string): FixtureCase {
  const folder = join(fixturesRoot, name)
  const json = JSON.parse(readFileSync(join(folder, 'case.json'), 'utf8')) as {
    scalars: Record<string, unknown>
    tensors: Record<string, TensorEntry>
  }
  const files = new Map(['inputs', 'expected'].map((part) => [part, readTensors(join(folder, `${part}.safetensors`))] as const))
  const find = (tensorName: string): StoredTensor | undefined => {
    const slash = tensorName.indexOf('/')
    return files.get(tensorName.slice(0, slash))?.get(tensorName.slice(slash + 1))
  }
  const stored = (tensorName: string): StoredTensor => {
    const found = find(tensorName)
    if (found === undefined) throw new Error(`case ${name} has no tensor ${tensorName}`)
    return found
  }
  return {
    name,
    folder,
    scalars: json.scalars,
    entries: json.tensors,
    has: (tensorName) => find(tensorName) !== undefined,
    stored,
    tensor: (tensorName) => {
      const { shape, data } = stored(tensorName)
      return tensor(shape, data instanceof Float32Array ? data : Float32Array.from(data as ArrayLike<number>, Number))
    },
    atol: (tensorName) => {
      const atol = json.tensors[tensorName]?.atol
      if (atol === undefined) throw new Error(`case ${name} states no tolerance for ${tensorName}`)
      return atol
    },
  }
}

function readTensors(path: string): Map<string, StoredTensor> {
  return existsSync(path) ? parseSafetensors(readFileSync(path), path) : new Map<string, StoredTensor>()
}

/** Largest absolute difference; NaN when either side is not finite, so that a comparison with it fails. */
export function maxDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) throw new Error(`${actual.length} numbers against ${expected.length}`)
  let worst = 0
  for (let i = 0; i < actual.length; i++) {
    const difference = Math.abs(actual[i] - expected[i])
    if (Number.isNaN(difference)) return Number.NaN
    if (difference > worst) worst = difference
  }
  return worst
}
