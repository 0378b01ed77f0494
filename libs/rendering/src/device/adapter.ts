/// <reference types="@webgpu/types" />
import { create } from 'webgpu'

export type AdapterKind = 'hardware' | 'lavapipe' | 'swiftshader'

/** What an adapter is. `kind` orders them by speed: hardware, then Mesa's lavapipe, then SwiftShader. */
export interface AdapterDescription {
  readonly kind: AdapterKind
  /** As the driver names it, e.g. `llvmpipe (LLVM 19.1.4, 256 bits)`. */
  readonly name: string
  /** As the driver describes itself, e.g. `llvmpipe: Mesa 25.0.7 (LLVM 15.0.6)`; empty for a candidate that was not opened. */
  readonly driver: string
}

/** An adapter that Dawn sees, and why it is not usable, if it is not. */
export interface AdapterCandidate extends AdapterDescription {
  readonly refused?: string
}

/** The oldest Mesa whose lavapipe carries Dawn: 22.3 creates a device and then fails. */
export const oldestMesa = 24

/** Dawn is asked for Vulkan alone on Linux: its OpenGL fallback cannot run headless. */
export const backendFlags: readonly string[] = process.platform === 'linux' ? ['backend=vulkan'] : []

/**
 * Names of all adapters that Dawn sees. The binding has no call for this; asking for a name that cannot exist makes it list them in the
 * error message, as its README says.
 */
export async function adapterNames(): Promise<string[]> {
  const gpu = create([...backendFlags, 'adapter=\u0001'])
  try {
    await gpu.requestAdapter()
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return [...message.matchAll(/^ \* backend: '[^']*', name: '(.*)'$/gm)].map((match) => match[1] ?? '')
  }
  return []
}

/** Says what an adapter is by the name that Dawn lists it under. */
export function kindOf(name: string): AdapterKind {
  if (/swiftshader/i.test(name)) return 'swiftshader'
  return /llvmpipe|lavapipe/i.test(name) ? 'lavapipe' : 'hardware'
}

/** Says what an opened adapter is, and refuses a lavapipe that Dawn cannot use. */
export function describeAdapter(name: string, driver: string): AdapterCandidate {
  const kind = kindOf(`${name} ${driver}`)
  if (kind !== 'lavapipe') return { kind, name, driver }
  const mesa = /mesa (\d+)\.\d+/i.exec(driver)
  if (mesa !== null && Number(mesa[1]) >= oldestMesa) return { kind, name, driver }
  return { kind, name, driver, refused: `Mesa ${oldestMesa} or newer is needed, this is "${driver}"` }
}

const order: readonly AdapterKind[] = ['hardware', 'lavapipe', 'swiftshader']

/** Fastest kind first; equal kinds keep Dawn's order. */
export function bySpeed(a: AdapterKind, b: AdapterKind): number {
  return order.indexOf(a) - order.indexOf(b)
}
