import type { LidarSensorModel } from './sensor.ts'
import type { Triangles } from './triangles.ts'

/** Where the sensor is and looks while each column is measured; world metres. It stands upright, so that one height and heading are enough. */
export interface ColumnRays {
  readonly x: Float64Array
  readonly y: Float64Array
  /** Sensor's heading, radians. */
  readonly heading: Float64Array
  readonly z: number
}

/** Beyond this spread of azimuths (radians) a triangle is tried in every column: it lies around or under the sensor. */
const wide = 2.4
/** Radians by which a triangle's columns are widened; rounding only, since each column decides for itself. */
const pad = 1e-6
/** Metres from the sensor's axis below which nothing is hit: inside its housing. */
const axisClearance = 0.1

/**
 * The nearest triangle for every ray of one turn, exactly: a column is a vertical half-plane, which cuts a triangle in a segment; the rows between
 * the segment's ends meet it, each where two lines cross. So a triangle costs its columns and the rays that hit it, and no search structure is
 * needed. The sensor may move from column to column.
 */
export class RangeImage {
  readonly rows: number
  readonly columns: number
  /** Horizontal metres from the sensor's axis, column by column from the top row; Infinity where nothing is hit. */
  readonly distance: Float64Array
  /** What was hit: `base + triangle`, -1 for nothing. */
  readonly hit: Int32Array
  readonly #slopes: Float64Array
  readonly #rays: ColumnRays
  readonly #cos: Float64Array
  readonly #sin: Float64Array
  readonly #reach: number

  /** @param reach metres beyond which nothing is looked for */
  constructor(sensor: LidarSensorModel, rays: ColumnRays, reach: number) {
    this.rows = sensor.rows
    this.columns = sensor.columns
    this.distance = new Float64Array(this.rows * this.columns).fill(Infinity)
    this.hit = new Int32Array(this.rows * this.columns).fill(-1)
    this.#slopes = sensor.elevations.map(Math.tan)
    this.#rays = rays
    this.#cos = sensor.azimuths.map((azimuth, i) => Math.cos(azimuth + rays.heading[i]))
    this.#sin = sensor.azimuths.map((azimuth, i) => Math.sin(azimuth + rays.heading[i]))
    this.#reach = reach
  }

  /** @param base number under which the first triangle is kept in `hit` */
  add(triangles: Triangles, base: number, first = 0, count = triangles.count, fromColumn = 0, toColumn = this.columns): void {
    for (let i = first; i < first + count; i++) this.#addOne(triangles.corners, 9 * i, base + i, fromColumn, toColumn)
  }

  #addOne(p: Float64Array, at: number, id: number, from: number, to: number): void {
    const { x, y, z: height } = this.#rays
    const last = this.columns - 1
    const [ax, ay, az] = [p[at], p[at + 1], p[at + 2] - height]
    const [bx, by, bz] = [p[at + 3], p[at + 4], p[at + 5] - height]
    const [cx, cy, cz] = [p[at + 6], p[at + 7], p[at + 8] - height]
    // The side that looks outwards, as in the pictures; the sensor moves straight, so that both ends of its way tell.
    const nx = (by - ay) * (cz - az) - (bz - az) * (cy - ay)
    const ny = (bz - az) * (cx - ax) - (bx - ax) * (cz - az)
    const nz = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
    const facing0 = (x[0] - ax) * nx + (y[0] - ay) * ny - az * nz
    const facing1 = (x[last] - ax) * nx + (y[last] - ay) * ny - az * nz
    if (facing0 <= 0 && facing1 <= 0) return
    const mixed = facing0 <= 0 || facing1 <= 0
    if (this.#isFar(ax, ay, bx, by, cx, cy)) return

    const span = this.#columnsOf(ax, ay, bx, by, cx, cy)
    for (let k = span.from; k <= span.to; k++) {
      const turn = k - last * Math.floor(k / last)
      for (let column = turn; column <= last; column += last) {
        if (column < from || column >= to) continue
        if (mixed && (x[column] - ax) * nx + (y[column] - ay) * ny - az * nz <= 0) continue
        const [dx, dy] = [this.#cos[column], this.#sin[column]]
        const [ux, uy] = [x[column], y[column]]
        const sa = (ay - uy) * dx - (ax - ux) * dy
        const sb = (by - uy) * dx - (bx - ux) * dy
        const sc = (cy - uy) * dx - (cx - ux) * dy
        const [inA, inB, inC] = [sa < 0, sb < 0, sc < 0]
        if (inA === inB && inB === inC) continue
        const ra = (ax - ux) * dx + (ay - uy) * dy
        const rb = (bx - ux) * dx + (by - uy) * dy
        const rc = (cx - ux) * dx + (cy - uy) * dy
        // The corner that is alone on its side; both its edges cross the half-plane's line.
        if (inB === inC) this.#slice(column, id, sa, ra, az, sb, rb, bz, sc, rc, cz)
        else if (inA === inC) this.#slice(column, id, sb, rb, bz, sa, ra, az, sc, rc, cz)
        else this.#slice(column, id, sc, rc, cz, sa, ra, az, sb, rb, bz)
      }
    }
  }

  /** One column: the segment between the two edges from the corner p to q and to s (lateral offset, distance along, height each). */
  #slice(
    column: number,
    id: number,
    ps: number,
    pr: number,
    pz: number,
    qs: number,
    qr: number,
    qz: number,
    ss: number,
    sr: number,
    sz: number,
  ): void {
    const f = ps / (ps - qs)
    const g = ps / (ps - ss)
    let [r1, z1] = [pr + f * (qr - pr), pz + f * (qz - pz)]
    let [r2, z2] = [pr + g * (sr - pr), pz + g * (sz - pz)]
    if (r1 < axisClearance && r2 < axisClearance) return
    if (r1 > this.#reach && r2 > this.#reach) return
    if (r1 < axisClearance) {
      z1 += ((axisClearance - r1) / (r2 - r1)) * (z2 - z1)
      r1 = axisClearance
    } else if (r2 < axisClearance) {
      z2 += ((axisClearance - r2) / (r1 - r2)) * (z1 - z2)
      r2 = axisClearance
    }
    const [s1, s2] = [z1 / r1, z2 / r2]
    const slopes = this.#slopes
    const [high, low] = s1 > s2 ? [s1, s2] : [s2, s1]
    if (low > slopes[0] || high < slopes[slopes.length - 1]) return
    // The first row at or below the upper end.
    let row = 0
    for (let step = 128; step > 0; step >>= 1) if (row + step <= slopes.length && slopes[row + step - 1] > high) row += step
    const [dz, dr, cross] = [z2 - z1, r2 - r1, r1 * z2 - r2 * z1]
    const at = column * this.rows
    for (; row < slopes.length && slopes[row] >= low; row++) {
      const r = cross / (dz - slopes[row] * dr)
      if (r < this.distance[at + row]) {
        this.distance[at + row] = r
        this.hit[at + row] = id
      }
    }
  }

  /** Whether the triangle lies wholly on the far side of a line at the reach's distance. */
  #isFar(ax: number, ay: number, bx: number, by: number, cx: number, cy: number): boolean {
    const [ox, oy] = [this.#rays.x[0], this.#rays.y[0]]
    const reach = this.#reach + 2
    return (
      Math.min(ax, bx, cx) > ox + reach ||
      Math.max(ax, bx, cx) < ox - reach ||
      Math.min(ay, by, cy) > oy + reach ||
      Math.max(ay, by, cy) < oy - reach
    )
  }

  /** Columns, counted on beyond a turn, between which every corner lies at the first and the last pose of the turn. */
  #columnsOf(ax: number, ay: number, bx: number, by: number, cx: number, cy: number): { from: number; to: number } {
    const { x, y, heading } = this.#rays
    const last = this.columns - 1
    const middle = Math.atan2(ay - y[0], ax - x[0]) - heading[0]
    let [low, high] = [0, 0]
    for (let pose = 0; pose <= last; pose += last) {
      const [ox, oy, h] = [x[pose], y[pose], heading[pose]]
      for (let corner = 0; corner < 3; corner++) {
        const [px, py] = corner === 0 ? [ax, ay] : corner === 1 ? [bx, by] : [cx, cy]
        let turn = Math.atan2(py - oy, px - ox) - h - middle
        turn -= 2 * Math.PI * Math.round(turn / (2 * Math.PI))
        if (turn < low) low = turn
        if (turn > high) high = turn
      }
    }
    if (high - low > wide) return { from: 0, to: last - 1 }
    const perRadian = last / (2 * Math.PI)
    return {
      from: Math.ceil((Math.PI - middle - high - pad) * perRadian),
      to: Math.floor((Math.PI - middle - low + pad) * perRadian),
    }
  }
}
