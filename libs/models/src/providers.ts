import { existsSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import { VirgaError } from '@virga/errors'
import { listSupportedBackends } from 'onnxruntime-node'

/** Execution providers, best first. */
export const executionProviders = ['tensorrt', 'cuda', 'webgpu', 'cpu'] as const
export type ExecutionProvider = (typeof executionProviders)[number]

/** How graphs are run. */
export interface RunOptions {
  /** Threads within an operator; default: the cores of the machine. Another number may change the last bits of results. */
  readonly threads?: number
  /** The providers to try, in this order; default: those that look usable here, best first. */
  readonly providers?: readonly ExecutionProvider[]
}

/**
 * Providers worth trying on this machine, best first. A GPU provider counts when its library is installed and a GPU device file is there: without
 * that check WebGPU would run on a software Vulkan driver, slower than the CPU provider. Whether it really works shows when a session opens.
 */
export function usableProviders(): ExecutionProvider[] {
  const supported = new Set(listSupportedBackends().map(({ name }) => name))
  return executionProviders.filter((provider) => {
    switch (provider) {
      case 'tensorrt':
      case 'cuda':
        return supported.has(provider) && hasProviderLibrary(provider) && hasGpu()
      case 'webgpu':
        return supported.has(provider) && hasGpu()
      case 'cpu':
        return true
    }
  })
}

/** @throws VirgaError VIRGA_USAGE when threads is no positive integer */
export function threadCount(options: RunOptions): number {
  const threads = options.threads ?? availableParallelism()
  if (!Number.isInteger(threads) || threads < 1)
    throw new VirgaError('VIRGA_USAGE', `cannot run on ${threads} threads`, { field: 'threads', expected: 'an integer of at least 1' })
  return threads
}

/** The CUDA and TensorRT libraries are not part of the npm package; its install script fetches them where they are wanted. */
function hasProviderLibrary(provider: 'cuda' | 'tensorrt'): boolean {
  const entry = createRequire(import.meta.url).resolve('onnxruntime-node')
  const folder = join(dirname(entry), '..', 'bin', 'napi-v6', process.platform, process.arch)
  const name = process.platform === 'win32' ? `onnxruntime_providers_${provider}.dll` : `libonnxruntime_providers_${provider}.so`
  return existsSync(join(folder, name))
}

function hasGpu(): boolean {
  if (process.platform !== 'linux') return true
  if (existsSync('/dev/nvidia0')) return true
  return existsSync('/dev/dri') && readdirSync('/dev/dri').some((name) => name.startsWith('renderD'))
}
