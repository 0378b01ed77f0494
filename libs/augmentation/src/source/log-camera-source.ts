import { VirgaError } from '@virga/errors'
import { type Camera, type Micros, nearestIndex, type RgbImage, type Scenario } from '@virga/scenario'
import { digestOf } from '../digest/digest.ts'
import { cropImage, type View } from '../request/view.ts'
import type { CameraSource } from './camera-source.ts'

/** How far an image may be from the frame that shows it: beyond this the camera was off. */
const largestGapUs = 500_000

/**
 * A log's camera images on the frame grid: each frame shows the image nearest to it in time, so a log at another rate repeats or skips
 * images and none is blended.
 *
 * @returns undefined when the log has no image of this camera, or none within half a second of some frame
 */
export function logCameraSource(
  scenario: Scenario,
  scenarioDigest: string,
  camera: Camera,
  view: View,
  timesUs: readonly Micros[],
): CameraSource | undefined {
  const images = scenario.images.get(camera.name)
  if (images === undefined || images.timesUs.length === 0) return undefined
  const indices = timesUs.map((time) => nearestIndex(images.timesUs, time))
  const isCovered = indices.every((index, i) => Math.abs(images.timesUs[index] - timesUs[i]) <= largestGapUs)
  if (!isCovered) return undefined
  return {
    digest: digestOf({ scenario: scenarioDigest, camera: camera.name, view: { ...view }, images: indices }),
    width: view.width,
    height: view.height,
    count: timesUs.length,
    hasTruth: false,
    frames: async function* () {
      let held: { index: number; image: RgbImage } | undefined
      for (const index of indices) {
        if (held?.index !== index) {
          const image = await images.load(index)
          if (image.width !== camera.width || image.height !== camera.height) {
            throw new VirgaError('VIRGA_BAD_INPUT', `an image of ${image.width}x${image.height}`, {
              file: `${scenario.origin.uri}, camera ${camera.name}`,
              record: index,
              expected: `${camera.width}x${camera.height} as the calibration says`,
            })
          }
          held = { index, image: cropImage(image, view) }
        }
        yield { rgb: held.image }
      }
    },
  }
}
