import type { Mat4, Vec3 } from '@virga/scenario'
import type { RayTable } from './ray-table.ts'
import type { Solid } from './solids.ts'

/** Solids farther than this from the camera are smaller than a pixel of most lenses; metres. */
export const solidReach = 400

/** Words of one solid as the shader reads it: three rows of camera_to_frame 3x4, then what it is. */
export const solidWords = 16

export interface TileLists {
  /** `solidWords` each. */
  readonly solids: ArrayBuffer
  /** Where each tile's list begins, and its end after the last. */
  readonly starts: Uint32Array
  readonly list: Uint32Array
}

/** A solid in the frame of the camera, with what the cones are compared with. */
interface Seen {
  readonly index: number
  readonly direction: Vec3
  /** Half the angle under which its sphere is seen; pi when the camera is inside. */
  readonly angle: number
}

/** Which solids the rays of each tile may meet. Those that the camera is inside of are left out: they would hide everything. */
export function tileLists(solids: readonly Solid[], world_to_camera: Mat4, { cones, tilesAcross, tilesDown }: RayTable): TileLists {
  const packed = new ArrayBuffer(Math.max(solids.length, 1) * solidWords * 4)
  const seen: Seen[] = []
  for (const solid of solids) {
    const centre = turned(world_to_camera, solid.centre, 1)
    const distance = Math.hypot(...centre)
    if (!(distance - solid.radius <= solidReach)) continue
    if (!pack(packed, seen.length, solid, centre, world_to_camera)) continue
    const angle = distance <= solid.radius ? Math.PI : Math.asin(solid.radius / distance)
    seen.push({ index: seen.length, direction: [centre[0] / distance, centre[1] / distance, centre[2] / distance], angle })
  }
  const tiles = tilesAcross * tilesDown
  const starts = new Uint32Array(tiles + 1)
  const list: number[] = []
  const spheres = seen.map(({ angle, direction: [x, y, z] }) => ({ x, y, z, cosine: Math.cos(angle), sine: Math.sin(angle), angle }))
  for (let tile = 0; tile < tiles; tile++) {
    starts[tile] = list.length
    const c = tile * 5
    for (let i = 0; i < spheres.length; i++) {
      const { x, y, z, cosine, sine, angle } = spheres[i]
      // The cosine of the sum of both half angles; a camera inside the sphere sees it everywhere.
      const limit = cosine * cones[c + 3] - sine * cones[c + 4]
      if (angle >= Math.PI || x * cones[c] + y * cones[c + 1] + z * cones[c + 2] >= limit) list.push(i)
    }
  }
  starts[tiles] = list.length
  return { solids: packed, starts, list: Uint32Array.from(list.length > 0 ? list : [0]) }
}

/** Writes the matrix from the camera's frame to the solid's own. False if the camera is inside, or the solid has no volume. */
function pack(target: ArrayBuffer, index: number, { axes, shape, classId, track }: Solid, centre: Vec3, world_to_camera: Mat4): boolean {
  const [a, b, c] = axes.map((axis) => turned(world_to_camera, axis, 0))
  const rows = invert3(a, b, c)
  if (rows === undefined) return false
  const floats = new Float32Array(target, index * solidWords * 4, solidWords)
  const camera: number[] = []
  rows.forEach((row, i) => {
    const offset = -(row[0] * centre[0] + row[1] * centre[1] + row[2] * centre[2])
    camera.push(offset)
    floats.set([...row, offset], i * 4)
  })
  const isInside =
    Math.abs(camera[2]) < 1 && (shape === 'box' ? Math.abs(camera[0]) < 1 && Math.abs(camera[1]) < 1 : Math.hypot(camera[0], camera[1]) < 1)
  const words = new Uint32Array(target, index * solidWords * 4, solidWords)
  words[12] = classId
  words[13] = track
  words[14] = shape === 'box' ? 0 : 1
  return !isInside
}

function turned(m: Mat4, [x, y, z]: Vec3, w: 0 | 1): Vec3 {
  return [m[0] * x + m[1] * y + m[2] * z + m[3] * w, m[4] * x + m[5] * y + m[6] * z + m[7] * w, m[8] * x + m[9] * y + m[10] * z + m[11] * w]
}

/** Rows of the inverse of the matrix with columns a, b, c. */
function invert3(a: Vec3, b: Vec3, c: Vec3): [Vec3, Vec3, Vec3] | undefined {
  const bc: Vec3 = [b[1] * c[2] - b[2] * c[1], b[2] * c[0] - b[0] * c[2], b[0] * c[1] - b[1] * c[0]]
  const ca: Vec3 = [c[1] * a[2] - c[2] * a[1], c[2] * a[0] - c[0] * a[2], c[0] * a[1] - c[1] * a[0]]
  const ab: Vec3 = [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
  const determinant = a[0] * bc[0] + a[1] * bc[1] + a[2] * bc[2]
  if (!(Math.abs(determinant) > 1e-12)) return undefined
  const over = (v: Vec3): Vec3 => [v[0] / determinant, v[1] / determinant, v[2] / determinant]
  return [over(bc), over(ca), over(ab)]
}
