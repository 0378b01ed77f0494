import type { Vec3 } from '@virga/scenario'

export const mix = (a: Vec3, b: Vec3, t: number): Vec3 => [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t]

/**
 * A segment's part in front of the camera (camera frame): an end behind moves to where the depth is `margin` of the way from 0 to that
 * span, z = margin (z_front - z_behind).
 *
 * @returns undefined when both ends are behind
 */
export function nearClip(a: Vec3, b: Vec3, margin: number): readonly [Vec3, Vec3] | undefined {
  if (a[2] < 0 && b[2] < 0) return undefined
  const pull = (behind: Vec3, front: Vec3): Vec3 => mix(behind, front, -behind[2] / (front[2] - behind[2]) + margin)
  if (a[2] < 0) return [pull(a, b), b]
  if (b[2] < 0) return [a, pull(b, a)]
  return [a, b]
}
