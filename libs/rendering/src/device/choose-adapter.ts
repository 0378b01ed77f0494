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
  const found: (AdapterCandidate & { readonly instance: GPU; readonly adapter: GPUAdapter })[] = []
  for (const name of await adapterNames()) {
    const instance = create([...backendFlags, `adapter=${name}`])
    const adapter = await instance.requestAdapter()
    if (adapter !== null) found.push({ ...describeAdapter(name, adapter.info), instance, adapter })
  }
  found.sort(bySpeed)
  const candidates = found.map(({ kind, name, driver, refused }) => ({ kind, name, driver, ...(refused === undefined ? {} : { refused }) }))
  const best = found.find((one) => one.refused === undefined && (wanted === undefined || one.kind === wanted))
  if (best === undefined) throw noAdapter(wanted, candidates)
  const { kind, name, driver, instance, adapter } = best
  return { instance, adapter, description: { kind, name, driver }, candidates }
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
