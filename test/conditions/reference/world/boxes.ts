import type { FrameBox } from '../frame.ts'
import { boxClassOf } from '../hdmap/palette.ts'
import { boxColours, edgeColour, widths } from './palette.ts'
import type { Pen } from './pen.ts'

/** Two triangles per face; which diagonal is cut shows in the gradient. */
export const faces = [
  [0, 1, 5],
  [0, 4, 5],
  [2, 3, 7],
  [2, 6, 7],
  [0, 2, 3],
  [0, 1, 2],
  [4, 6, 7],
  [4, 5, 6],
  [0, 4, 7],
  [0, 3, 7],
  [1, 5, 6],
  [1, 2, 6],
] as const

const edges = [
  [0, 1],
  [1, 2],
  [2, 3],
  [3, 0],
  [4, 5],
  [5, 6],
  [6, 7],
  [7, 4],
  [0, 4],
  [1, 5],
  [2, 6],
  [3, 7],
] as const

const frontCorners: readonly number[] = [0, 1, 4, 5]

/** A filled box shaded from front to rear with grey edges; nothing where no corner of it is seen, however large it is. */
export function drawBox(pen: Pen, box: FrameBox): void {
  if (!box.corners.some((corner) => pen.sees(corner))) return
  const { front, rear } = boxColours[boxClassOf(box)]
  for (const face of faces) pen.triangle(face.map((i) => [box.corners[i], frontCorners.includes(i) ? front : rear] as const))
  for (const [a, b] of edges) pen.stroke(box.corners[a], box.corners[b], widths.boxEdge, edgeColour)
}
