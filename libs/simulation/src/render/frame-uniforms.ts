import { type Camera, composePose, invertPose, type Pose, poseAt, poseToMat4, transformDirection } from '@virga/scenario'
import { VirgaError } from '@virga/errors'
import { lampHead } from '../geometry/furniture-mesh.ts'
import type { SimulatedDrive } from '../world/drive.ts'
import { type Actor, type Placement, shapeSizes } from '../world/traffic.ts'
import { multiply, pinholeClip, toGpu } from './matrices.ts'

/** Where the light of each kind reaches, metres, and how many lights and boxes the shader takes. */
const maxLights = 24
const maxBoxes = 14
const maxLamps = 14
const lampRange = 24
const ownRange = 60
const vehicleRange = 22

/** Floats of the Frame struct in gbuffer.wgsl.ts. */
export const frameFloats = 48 + maxLights * 12 + maxBoxes * 8

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

  const lights = lightsNear(drive, actors, eye, ahead, ego.translation, headlightsAim(ego, forward))
  for (const [i, light] of lights.entries()) uniforms.set(light, 48 + i * 12)
  const boxes = actors.filter(({ distance }) => distance < 50).slice(0, maxBoxes)
  for (const [i, { actor, at }] of boxes.entries()) {
    const [length, wide] = shapeSizes[actor.shape]
    const strength = actor.shape === 'pedestrian' ? 0.35 : 0.66
    uniforms.set([at.x, at.y, Math.cos(at.heading), Math.sin(at.heading), length / 2, wide / 2, strength, 0], 48 + maxLights * 12 + i * 8)
  }
  uniforms.set([lights.length, boxes.length], 44)
  return { seconds, eye, forward, cameraToWorld, actors, uniforms }
}

/** A camera that looks where the vehicle goes tells where its lights do; for any other it is the vehicle itself. */
function headlightsAim(ego: Pose, forward: readonly [number, number, number]): readonly [number, number, number] {
  const ahead = transformDirection(ego, [1, 0, 0])
  return ahead[0] * forward[0] + ahead[1] * forward[1] > 0.999 ? forward : ahead
}

/** Rows of the Light struct: place and kind (0 lamp, 1 vehicle), colour and cosine of the cone's edge, aim and squared range. */
function lightsNear(
  drive: SimulatedDrive,
  actors: readonly PlacedActor[],
  eye: readonly [number, number, number],
  ahead: (x: number, y: number) => number,
  own: readonly [number, number, number],
  forward: readonly [number, number, number],
): number[][] {
  const lights: number[][] = []
  const bumper = 3.5
  lights.push([
    ...[own[0] + forward[0] * bumper, own[1] + forward[1] * bumper, 0.75, 1],
    ...[125, 118, 106, 0.8],
    ...[forward[0] * 0.998, forward[1] * 0.998, -0.055, ownRange ** 2],
  ])
  const lamps = drive.furniture.lamps
    .map((lamp) => ({ lamp, distance: Math.hypot(lamp.x - eye[0], lamp.y - eye[1]) }))
    .filter(({ lamp, distance }) => distance < 110 && ahead(lamp.x, lamp.y) > -20)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, maxLamps)
  for (const { lamp, distance } of lamps) {
    // Far lamps come up slowly, so that none pops when it joins the list.
    const power = 78 * Math.min(1, Math.max(0, (108 - distance) / 20))
    lights.push([...lampHead(lamp), 0, power, power * 0.76, power * 0.48, 0.15, 0, 0, -1, lampRange ** 2])
  }
  for (const { actor, at, distance } of actors) {
    if (!actor.lightsOn || distance > 75 || lights.length >= maxLights) continue
    const reach = shapeSizes[actor.shape][0] / 2 + 0.15
    const [cos, sin] = [Math.cos(at.heading), Math.sin(at.heading)]
    const power = 95 * Math.min(1, (75 - distance) / 15)
    lights.push([
      at.x + cos * reach,
      at.y + sin * reach,
      0.7,
      1,
      power,
      power * 0.95,
      power * 0.84,
      0.8,
      cos,
      sin,
      -0.06,
      vehicleRange ** 2,
    ])
  }
  return lights.slice(0, maxLights)
}
