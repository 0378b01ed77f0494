import { execFileSync, spawnSync } from 'node:child_process'
import { join, resolve } from 'node:path'

const script = join(import.meta.dirname, 'rds-hq-check.py')
const candidates = [
  process.env.VIRGA_PYTHON,
  resolve(import.meta.dirname, '../../../apps/world-model/.venv/bin/python'),
  'python3',
  'python',
].filter((name): name is string => name !== undefined)

/** A Python that has NumPy, if this machine has one. */
export const python = candidates.find((name) => spawnSync(name, ['-c', 'import numpy'], { stdio: 'ignore' }).status === 0)
if (python === undefined) console.warn('skipped: no Python with NumPy to read clips independently (set VIRGA_PYTHON)')

type Matrix = number[][]

/** What the independent reader found in a clip. */
export interface CheckedClip {
  readonly id: string
  readonly clips: string[]
  readonly frames: number
  readonly vehicle_pose: Matrix[]
  readonly pose: Record<string, Matrix[]>
  readonly ftheta: Record<string, { centre: number[]; size: number[]; forward: number[]; linear: number[]; angle: number }>
  readonly pinhole: Record<string, number[]>
  readonly map: Record<string, { id: string; lines: number[][][]; paint?: [string, string][]; next?: string[]; type?: string }[]>
  readonly objects?: Record<string, Record<string, CheckedBox>>
  readonly lidar?: Record<string, { points: number; time: number; mean: number[]; intensity: number; columns: number[] }>
}

export interface CheckedBox {
  readonly object_to_world: Matrix
  readonly object_lwh: number[]
  readonly object_is_moving: boolean
  readonly object_type: string
}

/** Reads a clip with the independent script; `errors` says which rules of the format it breaks. */
export function checkClip(root: string, clip?: string): { errors: string[]; clip: CheckedClip } {
  if (python === undefined) throw new Error('no Python with NumPy')
  const args = [script, root, ...(clip === undefined ? [] : [clip])]
  try {
    return JSON.parse(execFileSync(python, args, { maxBuffer: 1 << 28, stdio: 'pipe' }).toString()) as ReturnType<typeof checkClip>
  } catch (error) {
    const { stdout } = error as { stdout?: Buffer }
    if (stdout === undefined || stdout.length === 0) throw error
    return JSON.parse(stdout.toString()) as ReturnType<typeof checkClip>
  }
}
