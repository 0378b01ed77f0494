import type { Actor } from '../world/traffic.ts'

/** Metres walked in two steps. */
const stride = 1.4

/** Swing of a person's limbs, -1 to 1; 0 for those who stand and for vehicles. */
export function limbSwing({ shape, speed, phase }: Actor, seconds: number): number {
  if (shape !== 'pedestrian' || speed <= 0) return 0
  return Math.sin(((2 * Math.PI * speed) / stride) * seconds + phase)
}

/** The turn of a limb in the person's x-z plane about a height, as the vertex shader (gbuffer.wgsl.ts) does it. */
export function limbAngle(actor: Actor, limb: number, seconds: number): { pivot: number; angle: number } {
  const step = Math.round((limb / 127) * 4)
  const leg = step <= 2
  return { pivot: leg ? 0.86 : 1.42, angle: (step % 2 === 1 ? 1 : -1) * (leg ? 0.48 : 0.35) * limbSwing(actor, seconds) }
}
