import { type Camera, unproject, type Vec3 } from '@virga/scenario'

/** Side of the squares of pixels that share one list of solids. */
export const tileSide = 16

/** The rays of a picture's pixel centres, and cones around those of each tile, in the camera's frame. */
export interface RayTable {
  /** Four values a pixel: the unit ray, and 1 if there is one, else 0. */
  readonly rays: Float32Array
  readonly tilesAcross: number
  readonly tilesDown: number
  /** Five values a tile: the cone's axis, cosine and sine of its half angle; an axis of zeros where no pixel has a ray. */
  readonly cones: Float64Array
}

/** @param camera its model scaled to its own width and height, which are the picture's */
export function rayTable({ model, width, height }: Camera): RayTable {
  const rays = new Float32Array(width * height * 4)
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 4) {
      const ray = unproject(model, x + 0.5, y + 0.5)
      if (ray === undefined) continue
      rays[at] = ray[0]
      rays[at + 1] = ray[1]
      rays[at + 2] = ray[2]
      rays[at + 3] = 1
    }
  }
  const tilesAcross = Math.ceil(width / tileSide)
  const tilesDown = Math.ceil(height / tileSide)
  const cones = new Float64Array(tilesAcross * tilesDown * 5)
  for (let j = 0; j < tilesDown; j++) {
    for (let i = 0; i < tilesAcross; i++) {
      const pixels = pixelsOf(i, j, width, height)
      let [ax, ay, az] = [0, 0, 0]
      for (const p of pixels) {
        ax += rays[4 * p]
        ay += rays[4 * p + 1]
        az += rays[4 * p + 2]
      }
      const length = Math.hypot(ax, ay, az)
      if (length === 0) continue
      const axis: Vec3 = [ax / length, ay / length, az / length]
      let cosine = 1
      for (const p of pixels) {
        if (rays[4 * p + 3] === 0) continue
        cosine = Math.min(cosine, rays[4 * p] * axis[0] + rays[4 * p + 1] * axis[1] + rays[4 * p + 2] * axis[2])
      }
      // Float32 rays: a little wider than measured.
      const angle = Math.acos(Math.max(cosine, -1)) + 1e-3
      cones.set([...axis, Math.cos(angle), Math.sin(angle)], (j * tilesAcross + i) * 5)
    }
  }
  return { rays, tilesAcross, tilesDown, cones }
}

function pixelsOf(i: number, j: number, width: number, height: number): number[] {
  const pixels: number[] = []
  for (let y = j * tileSide; y < Math.min((j + 1) * tileSide, height); y++) {
    for (let x = i * tileSide; x < Math.min((i + 1) * tileSide, width); x++) pixels.push(y * width + x)
  }
  return pixels
}
