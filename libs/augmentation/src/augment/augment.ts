import { join } from 'node:path'
import { folderPublication } from '../ports/publication.ts'
import { makeVariant } from './make-variant.ts'
import { openAugmentation } from './open-augmentation.ts'
import { promiseOf, publishOverview } from './overview.ts'
import { renderCamera } from './render-camera.ts'
import type { AugmentHost, AugmentRequest, AugmentResult, PublishedCamera, PublishedVariant } from './types.ts'

/**
 * Turns one drive into its variants: `<scenario>/<camera>/<variant>/{video.mp4,manifest.json}`, the conditions, a contact sheet and a
 * report below the output folder. Every stage is looked up in the store first; what is there is reused.
 *
 * @throws VirgaError VIRGA_UNKNOWN_NAME, VIRGA_OUT_OF_RANGE, VIRGA_BAD_INPUT for a request that does not fit the drive or the bundle;
 *   VIRGA_CANCELLED; those of the stages
 */
export async function augment(host: AugmentHost, request: AugmentRequest): Promise<AugmentResult> {
  const publication = folderPublication(host.store, request.out)
  const opened = await openAugmentation(host, request)
  const cameras: PublishedCamera[] = []
  for (const camera of opened.cameras) {
    const rendered = await renderCamera(host, opened, camera, publication)
    const variants: PublishedVariant[] = []
    for (const look of request.variants) variants.push(await makeVariant(host, rendered, { look }))
    cameras.push({ ...rendered.published, variants })
  }
  const { drive, grid } = opened
  const { manifest, digest } = request.bundle
  const { id, origin } = drive.scenario
  const made = { scenario: id, frames: grid.timesUs.length, fps: manifest.video.fps, promise: promiseOf(cameras), cameras }
  await publishOverview(host, publication, {
    ...made,
    about: {
      format: origin.format,
      licence: origin.licence ?? null,
      digest: drive.digest,
      bundle: { name: manifest.name, version: manifest.version, digest },
    },
  })
  return { ...made, contactSheet: join(request.out, 'contact-sheet.png'), report: join(request.out, 'report.html') }
}
