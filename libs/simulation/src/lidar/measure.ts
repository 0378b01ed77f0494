import type { LidarSweep, Micros } from '@virga/scenario'
import { type AirReturns, signal } from './air.ts'
import type { Part, Turn } from './cast-turn.ts'
import { normal, rayRandom } from './ray-random.ts'
import { farthest, lidarMount, type LidarSensorModel, nearest, rangeNoise, turnSeconds } from './sensor.ts'
import type { Reflectivity } from './surfaces.ts'
import { thresholdSignal } from './threshold.ts'

export interface MeasureOptions {
  readonly sensor: LidarSensorModel
  readonly surfaces: Reflectivity
  /** Extinction of the air per metre. */
  readonly alpha: number
  readonly fromAir: AirReturns | undefined
  readonly noise: boolean
  readonly seed: number
  readonly timeUs: Micros
}

/** Share of returns that are lost for no reason that is modelled. */
const lost = 0.004
/** Standard deviation of the logarithm of a signal: roughness and speckle. */
const unevenness = 0.25
/** Reflectivity that fills half of the intensity scale. */
const full = 2

/** Returns of one turn: the stronger of surface and air where it is above the threshold; points in the sensor's frame at the turn's start. */
export function measure({ image, rays, parts }: Turn, options: MeasureOptions): LidarSweep {
  const { sensor, surfaces, alpha, fromAir, noise, seed } = options
  const { rows, columns, distance, hit } = image
  const most = rows * columns
  const points = new Float32Array(most * 3)
  const intensity = new Uint8Array(most)
  const ring = new Uint8Array(most)
  const offsetsNs = new Int32Array(most)
  const cosines = sensor.elevations.map(Math.cos)
  const sines = sensor.elevations.map(Math.sin)
  const air = fromAir?.isEmpty === false ? fromAir : undefined
  const triangle = new TriangleFinder(parts)
  let n = 0
  for (let column = 0; column < columns; column++) {
    const azimuth = sensor.azimuths[column]
    const [c, s] = [Math.cos(azimuth), Math.sin(azimuth)]
    const heading = rays.heading[column]
    const [wc, ws] = [Math.cos(azimuth + heading), Math.sin(azimuth + heading)]
    // From the sensor's frame while this column is measured to that at the start of the turn.
    const turn = heading - rays.heading[0]
    const [tc, ts] = [Math.cos(turn), Math.sin(turn)]
    const [hc, hs] = [Math.cos(rays.heading[0]), Math.sin(rays.heading[0])]
    const [gx, gy] = [rays.x[column] - rays.x[0], rays.y[column] - rays.y[0]]
    const [ox, oy] = [hc * gx + hs * gy, -hs * gx + hc * gy]
    const offset = Math.round((turnSeconds * 1e9 * column) / (columns - 1))
    for (let row = 0; row < rows; row++) {
      const ray = column * rows + row
      let range = distance[ray] / cosines[row]
      let strength = 0
      let reflectivity = 0
      if (range >= nearest && range <= farthest) {
        reflectivity = triangle.reflectivity(hit[ray], surfaces, wc * cosines[row], ws * cosines[row], sines[row])
        strength = signal(reflectivity, range, alpha)
        if (noise) {
          const [u, v] = [rayRandom(seed, 6 * ray), rayRandom(seed, 6 * ray + 1)]
          strength *= Math.exp(unevenness * normal(u, v))
          range += rangeNoise * normal(rayRandom(seed, 6 * ray + 2), rayRandom(seed, 6 * ray + 3))
          if (rayRandom(seed, 6 * ray + 4) < lost) strength = 0
        }
        if (strength < thresholdSignal) strength = 0
      }
      if (air !== undefined) {
        const before = strength > 0 ? range : distance[ray] / cosines[row]
        const far = air.sample(Math.max(strength, thresholdSignal), before, rayRandom(seed, 6 * ray + 5))
        if (far !== undefined) {
          range = far
          strength = thresholdSignal
          reflectivity = 0.02
        }
      }
      if (strength === 0) continue
      const across = range * cosines[row]
      const [x, y] = [across * c, across * s]
      points[3 * n] = ox + tc * x - ts * y
      points[3 * n + 1] = oy + ts * x + tc * y
      points[3 * n + 2] = range * sines[row]
      // As the maker's scale has it: matt surfaces in the lower half, what shines back above it.
      const seen = reflectivity * Math.exp(-2 * alpha * range)
      intensity[n] = Math.round(seen <= 1 ? 127 * seen : Math.min(255, 127 + (128 * Math.log2(seen)) / (full + 1)))
      ring[n] = row
      offsetsNs[n] = offset
      n++
    }
  }
  return {
    timeUs: options.timeUs,
    points: points.slice(0, 3 * n),
    points_to_vehicle: lidarMount,
    intensity: intensity.slice(0, n),
    ring: ring.slice(0, n),
    offsetsNs: offsetsNs.slice(0, n),
  }
}

/** Looks up what a ray hit. */
class TriangleFinder {
  readonly #parts: readonly Part[]

  constructor(parts: readonly Part[]) {
    this.#parts = parts
  }

  /** Share of the light that comes back from a hit of a ray with direction x, y, z (world, unit length). */
  reflectivity(hit: number, surfaces: Reflectivity, x: number, y: number, z: number): number {
    const { base, triangles } = this.#partOf(hit)
    const { corners: p, material } = triangles
    const at = 9 * (hit - base)
    const [ux, uy, uz] = [p[at + 3] - p[at], p[at + 4] - p[at + 1], p[at + 5] - p[at + 2]]
    const [vx, vy, vz] = [p[at + 6] - p[at], p[at + 7] - p[at + 1], p[at + 8] - p[at + 2]]
    const [nx, ny, nz] = [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx]
    const length = Math.sqrt(nx * nx + ny * ny + nz * nz)
    const kind = material[hit - base]
    if (nz > surfaces.lies * length && surfaces.upward[kind] !== surfaces.matt[kind]) {
      return (surfaces.upward[kind] * -(nx * x + ny * y + nz * z)) / length
    }
    return surfaces.retro[kind] === 1 ? surfaces.matt[kind] : (surfaces.matt[kind] * -(nx * x + ny * y + nz * z)) / length
  }

  #partOf(hit: number): Part {
    let [low, high] = [0, this.#parts.length - 1]
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (this.#parts[middle].base <= hit) low = middle
      else high = middle - 1
    }
    return this.#parts[low]
  }
}
