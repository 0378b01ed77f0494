import {
  buildTrajectory,
  type GroundHeight,
  type MapElement,
  mat4ToPose,
  quatFromRollPitchYaw,
  type Scenario,
  type Track,
} from '@virga/scenario'

/** The world is city-like: tens of kilometres from its origin. The vehicle stands there; all else is given relative to it. */
export const place = [52_000, 24_000, 67] as const

const at = (...points: number[]): Float64Array => Float64Array.from(points, (value, i) => value + place[i % 3])

/** Ground height relative to the vehicle's place: a slope, long waves, and a dip behind which the road goes on. */
export function height(x: number, y: number): number {
  return 0.03 * x + 0.02 * y + 0.25 * Math.sin(x / 9) * Math.cos(y / 13) - 1.2 * Math.exp(-(((x - 70) / 12) ** 2))
}

const onGround = (...points: number[]): Float64Array => {
  const out: number[] = []
  for (let i = 0; i < points.length; i += 2) out.push(points[i], points[i + 1], height(points[i], points[i + 1]))
  return at(...out)
}

/** The ground as a raster of 0.3 m cells, turned against the world, with a hole. */
export function raster(): GroundHeight {
  const [angle, scale, columns, rows] = [0.4, 1 / 0.3, 800, 700]
  const [c, s] = [Math.cos(angle), Math.sin(angle)]
  const rotation = [c, -s, s, c] as const
  const corner = [c * (place[0] - 80) - s * (place[1] - 60), s * (place[0] - 80) + c * (place[1] - 60)]
  const heights = new Float32Array(columns * rows)
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const [gx, gy] = [(column + 0.5) / scale + corner[0], (row + 0.5) / scale + corner[1]]
      const [x, y] = [c * gx + s * gy - place[0], -s * gx + c * gy - place[1]]
      heights[row * columns + column] = Math.hypot(x - 40, y - 20) < 3 ? NaN : height(x, y) + place[2]
    }
  }
  return { columns, rows, heights, scale, rotation, translation: [-corner[0], -corner[1]] }
}

function box(
  id: string,
  kind: Track['class'],
  centre: readonly number[],
  size: readonly number[],
  turn: readonly [number, number, number],
): Track {
  const rotation = quatFromRollPitchYaw(...turn)
  const translations = at(...centre, centre[0] + 0.5, centre[1], centre[2])
  const trajectory = buildTrajectory({ timesUs: [0, 500_000], translations, rotations: [...rotation, ...rotation] })
  return { id, class: kind, sourceCategory: kind, trajectory, sizes: Float64Array.from([...size, ...size]) }
}

const signCorners = (x: number, y: number, z: number): Float64Array => {
  const corners: number[] = []
  for (const up of [0.4, -0.4]) for (const [f, l] of [[0, 1], [0, -1], [-1, -1], [-1, 1]]) corners.push(x + 0.1 * f + 0.2 * l, y + 0.4 * l - 0.05 * f, z + up) // prettier-ignore
  return at(...corners)
}

const line = { colour: 'white' } as const

/** Everything that labels draw, in front of a vehicle that looks along x. */
export const map: readonly MapElement[] = [
  {
    kind: 'lane',
    id: 'lane',
    left: onGround(-20, 4, 60, 5, 200, 30),
    right: onGround(-20, -3, 60, -3, 200, 18),
    use: 'vehicle',
    isIntersection: false,
    predecessors: [],
    successors: [],
  },
  { kind: 'lane-line', id: 'solid', ...line, pattern: 'solid', line: onGround(-20, 3.8, 20, 3.9, 60, 4.8, 150, 20) },
  { kind: 'lane-line', id: 'dashed', ...line, pattern: 'long-dashed', line: onGround(1.5, 0.6, 30, 0.7, 90, 4) },
  { kind: 'lane-line', id: 'double', ...line, pattern: 'dashed-solid', line: onGround(2, -1.6, 25, -1.8, 40, -2.6) },
  { kind: 'lane-line', id: 'bare', ...line, pattern: 'none', line: onGround(2, -1, 25, -1) },
  { kind: 'crosswalk', id: 'crosswalk', ring: onGround(9, -3, 12, -3, 12.6, 4, 9.2, 4) },
  { kind: 'road-marking', id: 'arrow', ring: onGround(5, 1.2, 7, 1.2, 7, 0.7, 8, 1.5, 7, 2.3, 7, 1.8, 5, 1.8) },
  { kind: 'road-boundary', id: 'kerb', line: onGround(-5, -3.2, 30, -3.4, 80, -2) },
  { kind: 'wait-line', id: 'stop', line: onGround(8, -2.8, 8.1, 0.5) },
  { kind: 'pole', id: 'pole', line: at(14, -4, height(14, -4), 14.2, -4.1, 6) },
  { kind: 'traffic-sign', id: 'sign', corners: signCorners(14, -3.8, 3) },
  { kind: 'traffic-light', id: 'light', corners: signCorners(20, 5.5, 4.2) },
]

export const tracks: readonly Track[] = [
  box('ahead', 'car', [22, 1.5, height(22, 1.5) + 0.9], [4.6, 2, 1.8], [0.02, -0.03, 0.3]),
  box('behind it', 'bus', [34, 2.5, height(34, 2.5) + 1.6], [11, 2.5, 3.2], [0, 0, -0.4]),
  box('walker', 'pedestrian', [6.5, -2.2, height(6.5, -2.2) + 0.9], [0.5, 0.6, 1.8], [0, 0, 1]),
  box('around the camera', 'truck', [0, 0, 1], [3, 3, 5], [0, 0, 0]),
  box('behind the camera', 'car', [-12, 0, 1], [4, 2, 2], [0, 0, 0]),
  box('beside', 'van', [1.5, 3.4, 0.9], [5, 1.6, 2], [0, 0, 0.1]),
]

/** The ring is concave: a street with a bay. */
const street = onGround(-20, -3.2, 30, -3.4, 30, -8, 40, -8, 40, -3.4, 120, 2, 120, 9, 60, 5, -20, 4)

export function scene(parts: Partial<Pick<Scenario, 'map' | 'tracks' | 'drivableAreas' | 'loadGroundHeight'>> = {}): Scenario {
  return {
    id: 'labels',
    origin: { format: 'simulation', uri: 'test' },
    startUs: 0,
    endUs: 1_000_000,
    rig: { cameras: [], lidars: [] },
    ego: buildTrajectory({ timesUs: [0, 1_000_000], translations: [...place, ...place], rotations: [1, 0, 0, 0, 1, 0, 0, 0] }),
    map,
    drivableAreas: [{ id: 'street', ring: street }],
    loadGroundHeight: () => Promise.resolve(raster()),
    tracks,
    sweeps: [],
    images: new Map(),
    missing: [],
    ...parts,
  }
}

/** A camera 1.6 m above the vehicle's place that looks forward and a little down. */
export const camera_to_vehicle = {
  ...mat4ToPose([0.02, -0.08, 0.9966, 0, -0.9998, 0.0016, 0.0202, 0, -0.0032, -0.9968, -0.08, 0, 0, 0, 0, 1]),
  translation: [0.3, 0.1, 1.6] as const,
}
