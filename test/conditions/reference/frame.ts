import { type Camera, cameraPoseAt, type MapElement, type Micros, type Pose, type Scenario, trackBoxAt, type Vec3 } from '@virga/scenario'
import { type Lens, lensOf } from './camera/lens.ts'

/** An oriented box as one frame shows it. */
export interface FrameBox {
  readonly id: string
  readonly sourceCategory: string
  readonly class: string
  /** 8 corners in the world, in the toolkit's order (x heading, y left, z up): the top four anticlockwise-from-front-left, then the bottom. */
  readonly corners: readonly Vec3[]
}

/** Everything that the drawing of one picture needs. */
export interface Frame {
  readonly width: number
  readonly height: number
  readonly timeUs: Micros
  readonly lens: Lens
  /** Whether the lens has no picture of what lies behind it: then world geometry is cut in space just before the camera. */
  readonly planar: boolean
  readonly toCamera: (world: Vec3) => Vec3
  /** camera_to_world now and at the first moment of the drive. */
  readonly camera_to_world: Mat
  readonly firstCamera_to_world: Mat
  readonly map: readonly MapElement[]
  readonly boxes: readonly FrameBox[]
}

/** Row-major 3x4. */
export type Mat = readonly number[]

/** The frame of a scenario at a time, its camera scaled to another size. */
export function frameAt(scenario: Scenario, camera: Camera, width: number, height: number, timeUs: Micros): Frame {
  const camera_to_world = matrix(cameraPoseAt(scenario, camera, timeUs))
  const boxes = scenario.tracks.flatMap((track): FrameBox[] => {
    const box = trackBoxAt(track, timeUs)
    if (box === undefined) return []
    return [
      {
        id: track.id,
        sourceCategory: track.sourceCategory,
        class: track.class,
        corners: boxCorners(matrix(box.object_to_world), box.size),
      },
    ]
  })
  return {
    width,
    height,
    timeUs,
    lens: lensOf(camera, width, height),
    planar: camera.model.kind === 'pinhole' || camera.model.kind === 'opencv-rational',
    toCamera: (point) => applyInverse(camera_to_world, point),
    camera_to_world,
    firstCamera_to_world: matrix(cameraPoseAt(scenario, camera, scenario.startUs)),
    map: scenario.map,
    boxes,
  }
}

const signs: readonly Vec3[] = [
  [1, 1, 1],
  [1, -1, 1],
  [-1, -1, 1],
  [-1, 1, 1],
  [1, 1, -1],
  [1, -1, -1],
  [-1, -1, -1],
  [-1, 1, -1],
]

/** The corners of a box in the world, from its object_to_world and full size in metres. */
export function boxCorners(object_to_world: Mat, size: Vec3): Vec3[] {
  return signs.map(([x, y, z]) => apply(object_to_world, [(x * size[0]) / 2, (y * size[1]) / 2, (z * size[2]) / 2]))
}

/** Row-major 3x4 of a pose (unit quaternion w, x, y, z and translation). */
export function matrix({ rotation: [w, x, y, z], translation: [tx, ty, tz] }: Pose): Mat {
  return [
    1 - 2 * (y * y + z * z),
    2 * (x * y - w * z),
    2 * (x * z + w * y),
    tx,
    2 * (x * y + w * z),
    1 - 2 * (x * x + z * z),
    2 * (y * z - w * x),
    ty,
    2 * (x * z - w * y),
    2 * (y * z + w * x),
    1 - 2 * (x * x + y * y),
    tz,
  ]
}

export function apply(m: Mat, [x, y, z]: Vec3): Vec3 {
  return [m[0] * x + m[1] * y + m[2] * z + m[3], m[4] * x + m[5] * y + m[6] * z + m[7], m[8] * x + m[9] * y + m[10] * z + m[11]]
}

/** Through the inverse of a rigid transform. */
export function applyInverse(m: Mat, [px, py, pz]: Vec3): Vec3 {
  const [x, y, z] = [px - m[3], py - m[7], pz - m[11]]
  return [m[0] * x + m[4] * y + m[8] * z, m[1] * x + m[5] * y + m[9] * z, m[2] * x + m[6] * y + m[10] * z]
}

/** 3n numbers as n points. */
export function pointsOf(line: Float64Array): Vec3[] {
  return Array.from({ length: line.length / 3 }, (_, i) => [line[3 * i], line[3 * i + 1], line[3 * i + 2]] as const)
}
