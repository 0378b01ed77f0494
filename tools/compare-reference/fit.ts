import { renderCondition } from '@virga/rendering'
import { type Camera, composePose, quatFromAxisAngle, type RgbImage, type Scenario, type Vec3 } from '@virga/scenario'
import { compare } from './difference.ts'
import { boxMask } from './mask.ts'
import { minimise } from './minimise.ts'

export const unmoved: Placement = { turn: [0, 0, 0], shift: [0, 0, 0], delayUs: 0 }

/** How a camera differs from what the log states. */
export interface Placement {
  /** Rotation vector in camera axes, radians. */
  readonly turn: Vec3
  /** Metres in camera axes. */
  readonly shift: Vec3
  /** From a frame's stamp to the moment of its vehicle pose. */
  readonly delayUs: number
}

export function placed(camera: Camera, { turn, shift }: Placement): Camera {
  const angle = Math.hypot(...turn)
  const rotation = angle === 0 ? ([1, 0, 0, 0] as const) : quatFromAxisAngle(turn, angle)
  return { ...camera, camera_to_vehicle: composePose(camera.camera_to_vehicle, { rotation, translation: shift }) }
}

/** Frame i of a 30 Hz video. */
export function timeOf({ startUs, endUs }: Scenario, frame: number, { delayUs }: Placement): number {
  return Math.min(Math.max(startUs + Math.round((frame * 1e6) / 30) + Math.round(delayUs), startUs), endUs)
}

/**
 * The placement whose pictures differ least from the reference (mean absolute difference outside of boxes), by Nelder and Mead's simplex
 * from the stated one. A fit to the video itself: it shows whether one rigid camera explains all frames, not where the camera is.
 */
export async function fitPlacement(
  scenario: Scenario,
  camera: Camera,
  size: { readonly width: number; readonly height: number },
  frames: readonly { readonly frame: number; readonly image: RgbImage }[],
  start: Placement,
): Promise<Placement> {
  const masks = frames.map(({ image }) => boxMask(image))
  const cost = async (v: readonly number[]): Promise<number> => {
    const placement = placementOf(v)
    let sum = 0
    for (const [i, { frame, image }] of frames.entries()) {
      const timesUs = [timeOf(scenario, frame, placement)]
      const request = { camera: placed(camera, placement), style: 'hdmap-v1', ...size, chain: 'resize', timesUs } as const
      for await (const ours of renderCondition(undefined, scenario, request)) sum += compare(image, ours, masks[i]).meanAbsolute
    }
    return sum / frames.length
  }
  let best = [...start.turn.map((v) => v * 1e3), ...start.shift.map((v) => v / 0.03), start.delayUs / 5000]
  // Steps: 1 mrad, 3 cm, 5 ms; smaller ones around what was found, or what was given.
  for (const scale of start === unmoved ? [1, 0.3, 0.1] : [0.3, 0.1]) {
    const found = await minimise(cost, best, scale, 180)
    best = found.at
    process.stdout.write(`fit with steps x ${scale}: mean absolute difference ${found.value.toFixed(4)}\n`)
  }
  return placementOf(best)
}

function placementOf([a, b, c, x, y, z, t]: readonly number[]): Placement {
  return { turn: [a * 1e-3, b * 1e-3, c * 1e-3], shift: [x * 0.03, y * 0.03, z * 0.03], delayUs: t * 5000 }
}
