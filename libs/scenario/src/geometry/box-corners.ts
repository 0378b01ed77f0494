import type { Vec3 } from './types.ts'

/**
 * Signs of a box's corners along its own axes (x heading, y left, z up), in the order that scenarios and the condition styles count them:
 * 0(+,+,+) 1(+,-,+) 2(-,-,+) 3(-,+,+), then 4 to 7 the same at the bottom (Cosmos-Drive-Dreams, bbox_utils.py).
 */
export const boxCornerSigns: readonly Vec3[] = [
  [1, 1, 1],
  [1, -1, 1],
  [-1, -1, 1],
  [-1, 1, 1],
  [1, 1, -1],
  [1, -1, -1],
  [-1, -1, -1],
  [-1, 1, -1],
]
