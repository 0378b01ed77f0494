import type { Vec3 } from '@virga/scenario'
import type { Frame } from '../frame.ts'
import { type Canvas, createCanvas } from '../raster/canvas.ts'
import { splat } from './splat.ts'

/** White from here on, metres. */
const white = 75

/** One picture in style lidar-v1 before any resize from points in the world. */
export function drawLidar(frame: Frame, points: readonly Vec3[]): Canvas {
  const [u, v, z]: [number[], number[], number[]] = [[], [], []]
  for (const point of points) {
    const own = frame.toCamera(point)
    const place = own[2] > 0 ? frame.lens(own) : undefined
    if (place === undefined) continue
    u.push(place[0])
    v.push(place[1])
    z.push(own[2])
  }
  const picture = createCanvas(frame.width, frame.height)
  splat({ u, v, z }, frame.width, frame.height).forEach((depth, i) => {
    picture.data.fill(Math.floor((Math.min(Math.max(depth, 0), white) / white) * 255), 3 * i, 3 * i + 3)
  })
  return picture
}
