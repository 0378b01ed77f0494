import { buildTrajectory, type Camera, type Pose, type Scenario, type Track, type Trajectory } from '@virga/scenario'
import type { SimulatedDrive } from './drive.ts'
import { drivableAreasOf, mapOf } from './map.ts'
import type { Actor, Placement } from './traffic/actor.ts'

const egoHz = 50
const trackHz = 10

/** Tilt of the front camera below the horizontal, radians. */
const cameraPitch = 0.02

/** The scenario of a generated world; images come with `simulatedImages`. */
export function scenarioOf(drive: Omit<SimulatedDrive, 'scenario'>, cameras: readonly Camera[]): Scenario {
  // As far as the last box: a box needs the ego pose of its own time when the drive is written as a log.
  const ego = sample(Math.ceil(drive.seconds * trackHz) / trackHz, egoHz, (t) => egoPlacement(drive, t), 0)
  return {
    id: `simulated-${drive.seed}`,
    origin: { format: 'simulation', uri: `simulation:seed=${drive.seed}&seconds=${drive.seconds}&fps=${drive.fps}`, licence: 'Apache-2.0' },
    startUs: 0,
    endUs: Math.round((Math.ceil(drive.seconds * egoHz) * 1e6) / egoHz),
    rig: { cameras, lidars: [] },
    ego,
    map: mapOf(drive),
    drivableAreas: drivableAreasOf(drive),
    tracks: drive.actors.filter((actor) => nearEgo(drive, actor)).map((actor) => trackOf(drive, actor)),
    sweeps: [],
    images: new Map(),
    missing: [
      { part: 'sweeps', detail: 'cast on demand' },
      { part: 'images', detail: 'rendered on demand' },
    ],
  }
}

export function egoPlacement(drive: Pick<SimulatedDrive, 'ego' | 'road'>, seconds: number): Placement {
  const s = drive.ego.sAt(seconds)
  const [x, y] = drive.road.place(s, drive.ego.d)
  return { x, y, z: drive.road.height(s), heading: drive.road.at(s).heading, pitch: Math.atan(drive.road.slope(s)) }
}

/** A pinhole of 80 degrees across, 1.5 m above the ground and 1.6 m ahead of the vehicle's origin. */
export function frontCamera(width: number, height: number): Camera {
  const f = width / 2 / Math.tan((40 * Math.PI) / 180)
  // Camera axes (right, down, forward) in the vehicle frame: turn RDF to FLU, then tilt down about the camera's x.
  const c = Math.cos(cameraPitch / 2)
  const s = Math.sin(cameraPitch / 2)
  // q(RDF -> FLU) = (0.5, -0.5, 0.5, -0.5); times a rotation of -pitch about x.
  const base = { w: 0.5, x: -0.5, y: 0.5, z: -0.5 }
  const rotation = [base.w * c + base.x * s, base.x * c - base.w * s, base.y * c - base.z * s, base.z * c + base.y * s] as const
  return {
    name: 'front',
    model: { kind: 'pinhole', fx: f, fy: f, cx: width / 2, cy: height / 2 },
    width,
    height,
    camera_to_vehicle: { rotation, translation: [1.6, 0, 1.5] } satisfies Pose,
  }
}

function sample(seconds: number, hz: number, at: (t: number) => Placement, lift: number): Trajectory {
  const n = Math.max(2, Math.ceil(seconds * hz) + 1)
  const timesUs = Float64Array.from({ length: n }, (_, i) => Math.round((i * 1e6) / hz))
  const translations = new Float64Array(3 * n)
  const rotations = new Float64Array(4 * n)
  for (let i = 0; i < n; i++) {
    const { x, y, z, heading, pitch = 0 } = at(timesUs[i] / 1e6)
    // A body's middle is `lift` along its own upward axis.
    const lean = lift * Math.sin(pitch)
    translations.set([x - lean * Math.cos(heading), y - lean * Math.sin(heading), z + lift * Math.cos(pitch)], 3 * i)
    rotations.set(uphill(heading, pitch), 4 * i)
  }
  return buildTrajectory({ timesUs, translations, rotations }, { what: 'simulated trajectory' })
}

/** Turned to the heading, then nose up by the pitch: Rz(heading) Ry(-pitch), as w, x, y, z. */
function uphill(heading: number, pitch: number): [number, number, number, number] {
  const [c, s] = [Math.cos(heading / 2), Math.sin(heading / 2)]
  const [p, q] = [Math.cos(pitch / 2), -Math.sin(pitch / 2)]
  return [c * p, -s * q, c * q, s * p]
}

/** Whether the actor comes within the camera's and the condition's range of the ego at some time. */
function nearEgo(drive: Pick<SimulatedDrive, 'ego' | 'road' | 'seconds'>, actor: Actor): boolean {
  for (let t = 0; t <= drive.seconds + 0.5; t += 0.5) {
    const own = egoPlacement(drive, t)
    const { x, y } = actor.placementAt(t)
    if (Math.hypot(x - own.x, y - own.y) < 170) return true
  }
  return false
}

function trackOf(drive: Pick<SimulatedDrive, 'seconds'>, actor: Actor): Track {
  const { size } = actor
  const trajectory = sample(drive.seconds, trackHz, (t) => actor.placementAt(t), size[2] / 2)
  const n = trajectory.timesUs.length
  const sizes = new Float64Array(3 * n)
  for (let i = 0; i < n; i++) sizes.set(size, 3 * i)
  return {
    id: actor.id,
    class: actor.class,
    sourceCategory: actor.shape,
    trajectory,
    sizes,
    moving: new Uint8Array(n).fill(actor.moving ? 1 : 0),
  }
}
