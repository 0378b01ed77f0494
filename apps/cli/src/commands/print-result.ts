import type { AugmentResult, PublishedCamera, PublishedVariant } from '@virga/augmentation'

/** What was made, wherever it was made. */
export interface ShownResult extends Omit<AugmentResult, 'cameras'> {
  readonly cameras: readonly (Pick<PublishedCamera, 'camera'> & { readonly variants: readonly PublishedVariant[] })[]
  readonly out: string
  /** Of a local run. */
  readonly stages?: { readonly made: number; readonly reused: number }
  /** Of a run by a server. */
  readonly augmentation?: string
  readonly tasks?: { readonly done: number }
}

/** Prints what was made. `work`: a line on what it took. */
export function printResult(result: ShownResult, work: string, asJson: boolean): void {
  if (asJson) {
    process.stdout.write(`${JSON.stringify(result, null, 2)}\n`)
    return
  }
  for (const { camera, variants } of result.cameras) {
    for (const { manifest, file, width, height } of variants) {
      const { weather, lighting } = manifest.variant
      process.stdout.write(
        `${camera} ${weather}/${lighting}: ${result.out}/${file} (${width}x${height}, ${result.frames} frames, AI-generated)\n`,
      )
    }
  }
  if (result.promise === 'layout-only') {
    process.stdout.write(
      'Layout only: there is no camera video, so positions of lanes, crossings and boxes follow the drive and the rest is invented.\n',
    )
  }
  process.stdout.write(`${work}\nContact sheet: ${result.contactSheet}\nReport: ${result.report}\n`)
}
