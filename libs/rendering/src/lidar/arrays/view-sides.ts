import { type Camera, unproject, type Vec3 } from '@virga/scenario'

/** Pixels between the places on the picture's border whose rays are looked at. */
const step = 8

/** Added to each side, radians: the border is curved between two such places. */
const slack = 0.01

/**
 * Normals of planes through the camera's centre (camera frame, unit length): whatever can land within `margin` pixels of the picture lies
 * on the positive side of all of them. The first is the optical axis; the others are left out for sides at which the lens sees more than
 * 90 degrees, or for all if a place on the border has no ray.
 */
export function viewSides({ model, width, height }: Camera, margin: number): Vec3[] {
  const ahead: Vec3 = [0, 0, 1]
  const across: number[] = []
  const down: number[] = []
  for (const [u, v] of border(width, height, margin)) {
    const ray = unproject(model, u, v)
    if (ray === undefined || !(ray[2] > 1e-3)) return [ahead]
    across.push(Math.atan2(ray[0], ray[2]))
    down.push(Math.atan2(ray[1], ray[2]))
  }
  const [left, right] = [Math.min(...across) - slack, Math.max(...across) + slack]
  const [top, bottom] = [Math.min(...down) - slack, Math.max(...down) + slack]
  return [
    ahead,
    ...(left > -Math.PI / 2 ? [[Math.cos(left), 0, -Math.sin(left)] as const] : []),
    ...(right < Math.PI / 2 ? [[-Math.cos(right), 0, Math.sin(right)] as const] : []),
    ...(top > -Math.PI / 2 ? [[0, Math.cos(top), -Math.sin(top)] as const] : []),
    ...(bottom < Math.PI / 2 ? [[0, -Math.cos(bottom), Math.sin(bottom)] as const] : []),
  ]
}

function* border(width: number, height: number, margin: number): Generator<[number, number]> {
  const [left, top, right, bottom] = [-margin, -margin, width + margin, height + margin]
  for (let u = left; u < right; u += step)
    yield* [
      [u, top],
      [u, bottom],
    ] as [number, number][]
  for (let v = top; v < bottom; v += step)
    yield* [
      [left, v],
      [right, v],
    ] as [number, number][]
  yield [right, top]
  yield [right, bottom]
}
