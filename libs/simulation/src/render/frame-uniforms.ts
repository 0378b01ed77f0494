import { type Camera, composePose, invertPose, type Pose, poseAt, poseToMat4, transformDirection } from '@virga/scenario'
import { VirgaError } from '@virga/errors'
import type { SimulatedDrive } from '../world/drive.ts'
import { signalGroups, signalStates } from '../world/signals.ts'
import type { Actor, Placement } from '../world/traffic/actor.ts'
import { isPerson } from '../world/traffic/shapes.ts'
import { lightFloats, lightsNear, maxLights } from './frame-lights.ts'
import { multiply, pinholeClip, toGpu } from './matrices.ts'

/** Boxes of things near by and states of traffic lights that the shader takes; floats of one box. */
const maxBoxes = 14
const boxFloats = 12

const lightsAt = 48
const boxesAt = lightsAt + maxLights * lightFloats
const signalsAt = boxesAt + maxBoxes * boxFloats

/** Floats of the Frame struct in gbuffer.wgsl.ts. */
export const frameFloats = signalsAt + signalGroups

export interface PlacedActor {
  readonly actor: Actor
  readonly at: Placement
  /** Metres from the camera. */
  readonly distance: number
}

/** One moment of the drive: camera, what is near it, and the uniform block that says so. */
export interface Moment {
  readonly seconds: number
  readonly eye: readonly [number, number, number]
  readonly forward: readonly [number, number, number]
  /** Row-major. */
  readonly cameraToWorld: Float64Array
  readonly actors: readonly PlacedActor[]
  readonly uniforms: Float32Array<ArrayBuffer>
}

export interface ImageSize {
  readonly width: number
  readonly height: number
  /** Samples per output pixel along each axis. */
  readonly supersample: number
}

/**
 * @param camera scaled to the output size
 * @throws VirgaError VIRGA_USAGE for a camera that is no pinhole
 */
export function momentAt(drive: SimulatedDrive, camera: Camera, size: ImageSize, seconds: number): Moment {
  if (camera.model.kind !== 'pinhole') {
    throw new VirgaError('VIRGA_USAGE', `camera ${camera.name} is ${camera.model.kind}`, {
      expected: 'a pinhole camera; other lenses are put together from several',
    })
  }
  const ego = poseAt(drive.scenario.ego, Math.round(seconds * 1e6))
  const pose = composePose(ego, camera.camera_to_vehicle)
  const cameraToWorld = poseToMat4(pose)
  const worldToCamera = poseToMat4(invertPose(pose))
  const { width, height, supersample } = size
  const { fx, fy, cx, cy } = camera.model
  const lens = [fx, fy, cx, cy].map((value) => value * supersample) as [number, number, number, number]
  const clip = multiply(pinholeClip(...lens, width * supersample, height * supersample), worldToCamera)
  const eye = [cameraToWorld[3], cameraToWorld[7], cameraToWorld[11]] as const
  const forward = [cameraToWorld[2], cameraToWorld[6], cameraToWorld[10]] as const

  const ahead = (x: number, y: number): number => (x - eye[0]) * forward[0] + (y - eye[1]) * forward[1]
  const actors = drive.actors
    .map((actor) => {
      const at = actor.placementAt(seconds)
      return { actor, at, distance: Math.hypot(at.x - eye[0], at.y - eye[1]) }
    })
    .filter(({ at, distance }) => distance < 220 && ahead(at.x, at.y) > -25)
    .sort((a, b) => a.distance - b.distance)

  const uniforms = new Float32Array(frameFloats)
  toGpu(clip, uniforms, 0)
  toGpu(cameraToWorld, uniforms, 16)
  uniforms.set(lens, 32)
  uniforms.set([width * supersample, height * supersample, width, height], 36)
  uniforms.set([drive.street.laneWidth, drive.street.edgeRight, drive.street.edgeLeft, seconds], 40)

  const own = { at: ego.translation, aim: headlightsAim(ego, forward) }
  const lights = lightsNear(drive, actors, eye, ahead, own)
  for (const [i, light] of lights.entries()) uniforms.set(light, lightsAt + i * lightFloats)
  const boxes = actors.filter(({ distance }) => distance < 50).slice(0, maxBoxes)
  for (const [i, placed] of boxes.entries()) uniforms.set(boxRow(placed, seconds), boxesAt + i * boxFloats)
  const along = forward[0] * own.aim[0] + forward[1] * own.aim[1]
  uniforms.set([lights.length, boxes.length, drive.ego.sAt(seconds) * along], 44)
  uniforms.set(signalStates(drive.street, seconds), signalsAt)
  return { seconds, eye, forward, cameraToWorld, actors, uniforms }
}

/** A camera that looks where the vehicle goes tells where its lights do; for any other it is the vehicle itself. */
function headlightsAim(ego: Pose, forward: readonly [number, number, number]): readonly [number, number, number] {
  const ahead = transformDirection(ego, [1, 0, 0])
  return ahead[0] * forward[0] + ahead[1] * forward[1] > 0.999 ? forward : ahead
}

/** A row of the Box struct: place and heading; half length and width, shade; height of the ground, speed and height. */
function boxRow({ actor, at }: PlacedActor, seconds: number): number[] {
  const [length, wide, tall] = actor.size
  const shade = isPerson(actor.shape) ? 0.35 : 0.66
  const step = 0.1
  const [p, q] = [actor.placementAt(seconds - step), actor.placementAt(seconds + step)]
  const speed = actor.class === 'pedestrian' ? 0 : Math.hypot(q.x - p.x, q.y - p.y) / (2 * step)
  return [at.x, at.y, Math.cos(at.heading), Math.sin(at.heading), length / 2, wide / 2, shade, 0, at.z, speed, tall, 0]
}
