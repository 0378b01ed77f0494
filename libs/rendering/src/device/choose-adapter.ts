/// <reference types="@webgpu/types" />
import { VirgaError } from '@virga/errors'
import { create } from 'webgpu'
import {
  type AdapterCandidate,
  type AdapterDescription,
  type AdapterKind,
  adapterNames,
  backendFlags,
  bySpeed,
  describeAdapter,
  kindOf,
} from './adapter.ts'

export interface ChosenAdapter {
  /** Must stay referenced as long as the adapter or a device of it is used: see owner.ts. */
  readonly instance: GPU
  readonly adapter: GPUAdapter
  readonly description: AdapterDescription
  /** Everything that was seen, fastest first, with the reason for each refusal. */
  readonly candidates: readonly AdapterCandidate[]
}

/** Reads VIRGA_ADAPTER; throws VIRGA_UNKNOWN_NAME on anything but hardware, lavapipe or swiftshader. */
export function forcedAdapter(value = process.env.VIRGA_ADAPTER): AdapterKind | undefined {
  if (value === undefined || value === '') return undefined
  if (value === 'hardware' || value === 'lavapipe' || value === 'swiftshader') return value
  throw new VirgaError('VIRGA_UNKNOWN_NAME', `VIRGA_ADAPTER is ${JSON.stringify(value)}`, { expected: 'hardware, lavapipe or swiftshader' })
}

/** The fastest usable adapter (or the fastest of the kind asked for). Throws VIRGA_MISSING_DEPENDENCY when there is none. */
export async function chooseAdapter(wanted: AdapterKind | undefined = forcedAdapter()): Promise<ChosenAdapter> {
  const names = (await adapterNames()).sort((a, b) => bySpeed(kindOf(a), kindOf(b)))
  const candidates: AdapterCandidate[] = names.map((name) => ({ kind: kindOf(name), name, driver: '' }))
  for (const [index, { kind, name }] of candidates.entries()) {
    if (wanted !== undefined && kind !== wanted) continue
    // Each adapter needs an instance of its own: the binding picks the adapter when the instance is made.
    const instance = create([...backendFlags, `adapter=${name}`])
    const adapter = await instance.requestAdapter()
    if (adapter === null) continue
    const description = describeAdapter(name, adapter.info.description)
    candidates[index] = description
    if (description.refused === undefined) return { instance, adapter, description, candidates }
  }
  throw noAdapter(wanted, candidates)
}

function noAdapter(wanted: AdapterKind | undefined, candidates: readonly AdapterCandidate[]): VirgaError {
  const seen = candidates.map(({ kind, name, refused }) => `${kind} "${name}"${refused === undefined ? '' : ` (${refused})`}`)
  const note = process.env.VIRGA_VULKAN_NOTE === undefined ? '' : `; ${process.env.VIRGA_VULKAN_NOTE}`
  return new VirgaError(
    'VIRGA_MISSING_DEPENDENCY',
    `no usable ${wanted ?? 'graphics'} adapter; seen: ${seen.length === 0 ? 'none' : seen.join(', ')}${note}`,
    {
      expected:
        'a Vulkan driver. Start through the virga command or `node tools/run.mjs`, which bring SwiftShader along; `virga doctor` says how to get a faster one',
    },
  )
}
