import type { Chunk } from '../geometry/chunks.ts'
import { limbSwing } from '../geometry/walk-cycle.ts'
import { clothColours, paintColours } from '../materials/palettes.ts'
import { isPerson, shapes } from '../world/traffic/shapes.ts'
import type { Moment, PlacedActor } from './frame-uniforms.ts'

/** Floats of the Instance struct in gbuffer.wgsl.ts: place and heading; colour and flag; pitch, scale, brake lamps, number. */
export const instanceFloats = 12

/** One instanced draw: the mesh, and a run of instances. */
export interface ActorDraw {
  readonly chunk: Chunk
  readonly first: number
  readonly count: number
}

/** Actors beyond this are left out, nearest kept. */
const maxActors = 1024
/** Farther than a shadow can come into the shadow map, metres. */
const shadowReach = 115
/** Radius of a sphere around the largest actor's foot, metres. */
const actorRadius = 8

/** Instances of one moment: instance 0 is the static world's (no motion), then those in view, then those that may throw shadows. */
export class ActorInstances {
  readonly data = new Float32Array((maxActors + 1) * instanceFloats)
  readonly #chunks: readonly Chunk[]

  /** @param chunks one per shape, in the order of `shapes` */
  constructor(chunks: readonly Chunk[]) {
    // The static world is not scaled.
    this.data[9] = 1
    this.#chunks = chunks
  }

  /**
   * @param slope half the picture's width over the focal length
   * @returns the draws of both passes and the number of instances written
   */
  place(moment: Moment, slope: number): { view: ActorDraw[]; shadow: ActorDraw[]; count: number } {
    const { eye, forward, cameraToWorld: m } = moment
    const widening = Math.hypot(1, slope)
    const inView = ({ at }: PlacedActor): boolean => {
      const d = [at.x - eye[0], at.y - eye[1], at.z - eye[2]]
      const z = d[0] * forward[0] + d[1] * forward[1] + d[2] * forward[2]
      const x = Math.abs(d[0] * m[0] + d[1] * m[4] + d[2] * m[8])
      return z > -actorRadius && x - z * slope < actorRadius * widening
    }
    const view = this.#write(moment, inView, 1)
    const shadow = this.#write(moment, ({ distance }) => distance < shadowReach, view.next)
    return { view: view.draws, shadow: shadow.draws, count: shadow.next }
  }

  #write(moment: Moment, wanted: (actor: PlacedActor) => boolean, from: number): { draws: ActorDraw[]; next: number } {
    const draws: ActorDraw[] = []
    let next = from
    for (const [i, shape] of shapes.entries()) {
      const first = next
      for (const placed of moment.actors) {
        if (placed.actor.shape !== shape || next > maxActors || !wanted(placed)) continue
        const { actor, at } = placed
        const colour = (isPerson(shape) || shape === 'bicycle' ? clothColours : paintColours)[actor.palette]
        const brake = actor.brakingAt(moment.seconds) ? 1 : 0
        const row = [
          at.x,
          at.y,
          at.z,
          at.heading,
          ...colour,
          flagOf(placed, moment.seconds),
          at.pitch ?? 0,
          actor.scale,
          brake,
          actor.number,
        ]
        this.data.set(row, next * instanceFloats)
        next++
      }
      if (next > first) draws.push({ chunk: this.#chunks[i], first, count: next - first })
    }
    return { draws, next }
  }
}

/** Vehicles: 1 with lights on. Pedestrians: swing of the limbs, -1 to 1. */
function flagOf({ actor }: PlacedActor, seconds: number): number {
  return isPerson(actor.shape) ? limbSwing(actor, seconds) : actor.lightsOn ? 1 : 0
}
