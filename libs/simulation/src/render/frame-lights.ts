import { lampHead } from '../geometry/furniture-mesh.ts'
import type { SimulatedDrive } from '../world/drive.ts'
import type { PlacedActor } from './frame-uniforms.ts'

type Vec = readonly [number, number, number]

/** Lights that the shader takes, and floats of one (three vectors). */
export const maxLights = 28
export const lightFloats = 12

const maxLamps = 14
/** Where the light of each kind reaches, metres. */
const lampRange = 32
const ownRange = 70
const vehicleRange = 22
/** Farthest lamp and vehicle that count, metres; far ones come up slowly, so that none pops when it joins the list. */
const lampDistance = 108
const vehicleDistance = 75

/** Kinds of light, in `place.w`. */
const lamp = 0
const headlight = 1
const tailLight = 2
const ownHeadlights = 3

/**
 * Rows of the Light struct: place and kind, colour and cosine of the cone's edge, aim and squared range. The own headlights come first, then street
 * lamps, then of each vehicle the side that the camera sees: headlights of who comes, tail lights of who drives away.
 *
 * @param own the ego's origin on the road, with the unit vector in which its headlights aim
 * @param ahead metres before the camera, along its axis
 */
export function lightsNear(
  drive: SimulatedDrive,
  actors: readonly PlacedActor[],
  eye: Vec,
  ahead: (x: number, y: number) => number,
  own: { readonly at: Vec; readonly aim: Vec },
): number[][] {
  const lights: number[][] = []
  const bumper = 3.5
  const [x, y, z] = own.at.map((value, i) => value + own.aim[i] * bumper)
  lights.push([x, y, z + 0.75, ownHeadlights, 1, 0.94, 0.84, -1, ...own.aim, ownRange ** 2])
  const lamps = drive.furniture.lamps
    .map((post) => ({ post, distance: Math.hypot(post.x - eye[0], post.y - eye[1]) }))
    .filter(({ post, distance }) => distance < lampDistance && ahead(post.x, post.y) > -20)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, maxLamps)
  for (const { post, distance } of lamps) {
    const power = 105 * Math.min(1, (lampDistance - distance) / 20)
    lights.push([...lampHead(post), lamp, power, power * 0.76, power * 0.46, 0.15, 0, 0, -1, lampRange ** 2])
  }
  for (const { actor, at, distance } of actors) {
    if (!actor.lightsOn || distance > vehicleDistance || lights.length >= maxLights) continue
    const [cos, sin] = [Math.cos(at.heading), Math.sin(at.heading)]
    const away = ((at.x - eye[0]) * cos + (at.y - eye[1]) * sin) / Math.max(distance, 1)
    const reach = actor.size[0] / 2 + 0.15
    const fade = Math.min(1, (vehicleDistance - distance) / 15)
    const tail = Math.min(1, Math.max(0, (away - 0.1) / 0.4))
    const [front, rear] = [95 * fade * (1 - tail), 13 * fade * tail]
    const place = (way: number): Vec => [at.x + way * cos * reach, at.y + way * sin * reach, at.z + 0.72]
    if (front > 0) lights.push([...place(1), headlight, front, front * 0.95, front * 0.84, 0.8, cos, sin, -0.06, vehicleRange ** 2])
    if (rear > 0) lights.push([...place(-1), tailLight, rear, rear * 0.07, rear * 0.05, 0.2, -cos, -sin, -0.1, 64])
  }
  return lights.slice(0, maxLights)
}
