import type { RgbImage } from '@virga/scenario'
import { type ClipGenerator, createClipGenerator, type GenerateRequest, loadBundle } from '../src/index.ts'
import { TINY, type TinyOptions, writeTinyBundle } from './tiny-bundle.ts'

/** Opens generators over tiny bundles, which are closed when the file's tests are through. */
export function openTiny(afterAll: (close: () => Promise<unknown>) => void): (options?: TinyOptions) => Promise<ClipGenerator> {
  const generators: ClipGenerator[] = []
  afterAll(() => Promise.all(generators.map((generator) => generator.dispose())))
  return async (options = {}) => {
    const generator = createClipGenerator(await loadBundle(writeTinyBundle(options)), { threads: 1, providers: ['cpu'] })
    generators.push(generator)
    return generator
  }
}

/** Frames of one colour each. */
export function video(count: number, colour: (frame: number) => readonly [number, number, number]): RgbImage[] {
  return Array.from({ length: count }, (_, t) => {
    const rgb = colour(t)
    return { width: TINY.width, height: TINY.height, data: Uint8Array.from({ length: TINY.width * TINY.height * 3 }, (_, i) => rgb[i % 3]) }
  })
}

/** Frames that are all alike. */
export const greys = (count: number, rgb: readonly [number, number, number] = [100, 120, 140]): RgbImage[] => video(count, () => rgb)

/** A whole tiny clip from hdmap alone. */
export const tinyRequest = (more: Partial<GenerateRequest> = {}): GenerateRequest => ({
  frames: 17,
  controls: { hdmap: { frames: greys(17) } },
  look: 'rain-night',
  seed: 5,
  ...more,
})
