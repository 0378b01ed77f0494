import type { Actor } from '../world/traffic/actor.ts'
import { isPerson } from '../world/traffic/shapes.ts'

/** Metres walked in two steps by a person of 1.74 m. */
const stride = 1.4

/** Below this speed legs come to rest, metres per second. */
const strolling = 0.4

/** Swing of a person's limbs, -1 to 1; 0 for those who stand and for vehicles. */
export function limbSwing(actor: Actor, seconds: number): number {
  const { shape, scale, phase } = actor
  if (!isPerson(shape)) return 0
  const way = actor.travelledAt(seconds)
  const speed = (way - actor.travelledAt(seconds - 0.1)) / 0.1
  return Math.min(1, Math.max(0, speed) / strolling) * Math.sin(((2 * Math.PI) / (stride * scale)) * way + phase)
}

/** The turn of a limb in the person's x-z plane about a height, as the vertex shader (gbuffer.wgsl.ts) does it. */
export function limbAngle(actor: Actor, limb: number, seconds: number): { pivot: number; angle: number } {
  const step = Math.round((limb / 127) * 4)
  const leg = step <= 2
  return { pivot: leg ? 0.86 : 1.42, angle: (step % 2 === 1 ? 1 : -1) * (leg ? 0.48 : 0.35) * limbSwing(actor, seconds) }
}
