import type { Camera } from '@virga/scenario'
import { encodeNpy } from '../npy/write-npy.ts'
import type { ClipWindow } from './write-clip-window.ts'
import { fthetaVector, pinholeVector } from './write-intrinsics.ts'

/** Cameras with the names that they have in the clip. */
export type NamedCameras = readonly (readonly [string, Camera])[]

type Member = readonly [string, Uint8Array]

export interface ClipCalibration {
  /** Members of `ftheta_intrinsic` and `pinhole_intrinsic`. */
  readonly ftheta: readonly Member[]
  readonly pinhole: readonly Member[]
  readonly cameras: readonly WrittenCamera[]
}

export interface WrittenCamera {
  readonly name: string
  /** The scenario's own name of the camera. */
  readonly source: string
  /** Largest error over the image of the f-theta vector, pixels; 0 where the camera is an f-theta camera, absent where there is no vector. */
  readonly fthetaErrorPixels?: number
}

/** Both intrinsics vectors of every camera: NVIDIA's tools take the f-theta ones unless they are told otherwise. */
export function calibrationOf(cameras: NamedCameras, clip: ClipWindow): ClipCalibration {
  const ftheta: Member[] = []
  const pinhole: Member[] = []
  const written: WrittenCamera[] = []
  const member = (kind: string, name: string, values: Float64Array): Member => {
    return [`${clip.id}.${kind}.${name}.npy`, encodeNpy([values.length], values)]
  }
  for (const [name, camera] of cameras) {
    const fitted = fthetaVector(camera)
    if (fitted !== undefined) ftheta.push(member('ftheta_intrinsic', name, fitted.values))
    pinhole.push(member('pinhole_intrinsic', name, pinholeVector(camera)))
    written.push({ name, source: camera.name, ...(fitted === undefined ? {} : { fthetaErrorPixels: fitted.errorPixels }) })
  }
  return { ftheta, pinhole, cameras: written }
}

/** What a reader of the two vectors does not get, each with the cameras that it is about. */
export function lostOfCalibration(cameras: NamedCameras, written: readonly WrittenCamera[]): string[] {
  const errors = written.flatMap(({ fthetaErrorPixels = 0 }) => (fthetaErrorPixels > 0 ? [fthetaErrorPixels] : []))
  const facts: [string, (camera: Camera, written: WrittenCamera) => boolean][] = [
    [
      `f-theta vectors fitted to lenses of another kind, at most ${Math.max(0, ...errors).toPrecision(2)} px off over the image (more for what reaches out of it)`,
      (_, { fthetaErrorPixels = 0 }) => fthetaErrorPixels > 0,
    ],
    ['no f-theta vector: none grows over the image', (_, { fthetaErrorPixels }) => fthetaErrorPixels === undefined],
    [
      'pinhole vectors without the distortion of the lens',
      ({ model: { kind } }) => kind === 'opencv-rational' || kind === 'kannala-brandt',
    ],
    ['the distortion that was removed from the images', ({ removedDistortion = [] }) => removedDistortion.some((k) => k !== 0)],
    // NVIDIA's renderer scales f-theta cameras to 1280x720 by one ratio, and refuses where the other differs by 0.02.
    ["not near 16:9, which NVIDIA's f-theta renderer asks for", ({ width, height }) => Math.abs(720 / height - 1280 / width) >= 0.02],
  ]
  return facts.flatMap(([what, holds]) => {
    const names = cameras.flatMap(([name, camera], i) => (holds(camera, written[i]) ? [name] : []))
    return names.length === 0 ? [] : [`${what}: ${names.join(', ')}`]
  })
}
