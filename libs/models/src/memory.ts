import { VirgaError } from '@virga/errors'
import { graphFiles } from './bundle.ts'
import type { BundleManifest } from './manifest.ts'
import { type RunOptions, usableProviders } from './providers.ts'

/**
 * Bytes that the network takes on the CPU provider for a clip: its weights in fp32, tokens in and between blocks, and the scores of all heads, which
 * that provider's attention holds at once (measured: heads * tokens^2 * 4 bytes).
 */
export function clipMemory(manifest: BundleManifest, frames: number, controls: readonly string[]): number {
  const { network, video } = manifest
  const tokens = (Math.ceil((frames - 1) / 8) + 1) * (video.height / 16) * (video.width / 16)
  const weights = ['base', ...controls.map((name) => `control_${name}`)].reduce((sum, name) => {
    const graph = manifest.graphs[name]
    const bytes = graphFiles(graph).reduce((total, file) => total + file.bytes, 0)
    return sum + (graph.precision === 'fp16' || graph.precision === 'bf16' ? 2 * bytes : bytes)
  }, 0)
  const streams = 8 + 2 * network.controlBlocks + controls.length
  return weights + 4 * (streams * tokens * network.dim + network.heads * tokens * tokens)
}

/**
 * Refuses a clip that this machine's memory cannot hold, before any work is done. On a GPU the runtime's own refusal counts: what fits there cannot be
 * told from here.
 *
 * @throws VirgaError VIRGA_DEVICE saying what is needed, what there is and what would fit
 */
export function expectMemory(
  manifest: BundleManifest,
  frames: number,
  controls: readonly string[],
  options: RunOptions,
  available = process.availableMemory(),
): void {
  if ((options.providers ?? usableProviders())[0] !== 'cpu') return
  const needed = clipMemory(manifest, frames, controls)
  if (needed <= available) return
  let fitting = frames
  while (fitting > 1 && clipMemory(manifest, fitting, controls) > available) fitting = Math.max(1, 8 * Math.ceil((fitting - 9) / 8) + 1)
  const least = clipMemory(manifest, fitting, controls)
  const fits =
    least <= available
      ? `at most ${fitting} frames in one go`
      : `${gigabytes(least)} for a single frame, or a GPU with its execution provider`
  const { width, height } = manifest.video
  const what = `${frames} frames of ${width}x${height} with ${controls.length} controls need about ${gigabytes(needed)} of memory on the CPU`
  throw new VirgaError('VIRGA_DEVICE', `${what}, ${gigabytes(available)} are free`, { field: 'frames', expected: fits })
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`
}
