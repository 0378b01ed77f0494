import type { RgbImage } from '@virga/scenario'
import type { Bundle } from './bundle.ts'
import { clipFramesOf, expectFirstFrame } from './request.ts'
import { loadVocabulary } from './text.ts'

/** Options of a request that can be checked before there are any conditions. */
export interface CheckableOptions {
  readonly prompt?: string
  readonly negativePrompt?: string
  readonly firstFrame?: RgbImage
  readonly clipFrames?: number
}

/**
 * Refuses at once what the generator would refuse once all conditions are made.
 *
 * @throws VirgaError VIRGA_USAGE for a prompt that is too long, a clip length or a first frame that the bundle does not take; VIRGA_BAD_INPUT for a first
 *   frame of another size; those of reading the vocabulary
 */
export async function checkOptions(bundle: Bundle, options: CheckableOptions): Promise<void> {
  const { manifest } = bundle
  clipFramesOf(options, manifest)
  expectFirstFrame(options.firstFrame, manifest)
  const prompts = [options.prompt, options.negativePrompt].filter((prompt) => prompt !== undefined)
  if (prompts.length === 0) return
  const vocabulary = await loadVocabulary(bundle)
  for (const prompt of prompts) vocabulary(prompt, manifest.network.textTokens)
}
