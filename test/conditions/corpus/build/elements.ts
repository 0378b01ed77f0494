import type { LaneLine, LanePaint, MapElement, TrafficLight, Vec3 } from '@virga/scenario'

type Points = readonly Vec3[]
const flat = (points: Points): Float64Array => Float64Array.from(points.flat())

export const laneLine = (id: string, points: Points, paint: LanePaint, paints?: readonly LanePaint[]): LaneLine => ({
  kind: 'lane-line',
  id,
  line: flat(points),
  ...paint,
  paints: paints ?? points.map(() => paint),
})
export const boundary = (id: string, points: Points): MapElement => ({ kind: 'road-boundary', id, line: flat(points) })
export const waitLine = (id: string, a: Vec3, b: Vec3): MapElement => ({ kind: 'wait-line', id, line: flat([a, b]) })
export const pole = (id: string, [x, y, z]: Vec3, height: number): MapElement => ({
  kind: 'pole',
  id,
  line: flat([
    [x, y, z],
    [x, y, z + height],
  ]),
})
export const crosswalk = (id: string, ring: Points): MapElement => ({ kind: 'crosswalk', id, ring: flat(ring) })
export const marking = (id: string, ring: Points): MapElement => ({ kind: 'road-marking', id, ring: flat(ring) })

/** 8 corners of an upright box in the order of `TrafficSign.corners`: centre, full size along its own axes, radians to the left. */
function cuboid(centre: Vec3, [length, width, height]: Vec3, yaw: number): Float64Array {
  const [c, s] = [Math.cos(yaw), Math.sin(yaw)]
  const signs: Points = [
    [1, 1, 1],
    [1, -1, 1],
    [-1, -1, 1],
    [-1, 1, 1],
    [1, 1, -1],
    [1, -1, -1],
    [-1, -1, -1],
    [-1, 1, -1],
  ]
  return flat(
    signs.map(([a, b, e]): Vec3 => {
      const [x, y] = [(a * length) / 2, (b * width) / 2]
      return [centre[0] + c * x - s * y, centre[1] + s * x + c * y, centre[2] + (e * height) / 2]
    }),
  )
}

export const sign = (id: string, centre: Vec3, size: Vec3, yaw = 0): MapElement => ({
  kind: 'traffic-sign',
  id,
  corners: cuboid(centre, size, yaw),
})
export const light = (id: string, centre: Vec3, yaw = 0, states?: TrafficLight['states']): MapElement => ({
  kind: 'traffic-light',
  id,
  corners: cuboid(centre, [0.5, 0.5, 1.2], yaw),
  ...(states === undefined ? {} : { states }),
})

/** n points on a line that may bend: x from..to, y and z as functions of it. */
export function along(from: number, to: number, n: number, y: (x: number) => number, z: (x: number) => number = () => 0): Vec3[] {
  return Array.from({ length: n }, (_, i) => {
    const x = from + ((to - from) * i) / (n - 1)
    return [x, y(x), z(x)]
  })
}
