import { VirgaError } from '@virga/errors'
import type { Weather } from '../weather/looks.ts'

/** What is in the air between the sensor and what it measures. */
export interface LidarAir {
  /** Meteorological visibility, metres; Infinity for clear air. */
  readonly visibility: number
  /** Millimetres of rain per hour. */
  readonly rain: number
  /** Millimetres of snow per hour, as water. */
  readonly snow: number
}

/** The air of each weather of the pictures; the visibility in fog is that of their fog (3.912 / 0.03 per metre). */
export const lidarAirs: Readonly<Record<Weather, LidarAir>> = {
  clear: { visibility: 20_000, rain: 0, snow: 0 },
  overcast: { visibility: 20_000, rain: 0, snow: 0 },
  rain: { visibility: 5000, rain: 12, snow: 0 },
  snow: { visibility: 5000, rain: 0, snow: 2 },
  fog: { visibility: 130, rain: 0, snow: 0 },
}

/** @throws VirgaError VIRGA_OUT_OF_RANGE */
export function checkAir(air: LidarAir): void {
  const check = (field: keyof LidarAir, good: boolean, expected: string): void => {
    if (!good) throw new VirgaError('VIRGA_OUT_OF_RANGE', `LiDAR in air with ${field} ${air[field]}`, { field, expected })
  }
  check('visibility', air.visibility >= 10, 'at least 10 metres')
  check('rain', air.rain >= 0 && air.rain <= 200, '0 to 200 mm per hour')
  check('snow', air.snow >= 0 && air.snow <= 50, '0 to 50 mm per hour')
}

/** Nanometres. */
const wavelength = 905
const perDecibelKm = Math.LN10 / 10 / 1000

/**
 * Share of the light that the air takes per metre (Beer-Lambert: exp(-extinction * metres) one way).
 *
 * Visibility by Koschmieder's relation with a contrast of 2 % (3.912 / V); rain 1.076 R^0.67 dB/km (Carbonneau) and dry snow a S^1.38 dB/km with
 * a = 5.42e-5 nm + 5.496, both as Recommendation ITU-R P.1814 gives them for optical links.
 */
export function extinction({ visibility, rain, snow }: LidarAir): number {
  const snowFactor = 5.42e-5 * wavelength + 5.4958776
  return 3.912 / visibility + perDecibelKm * (1.076 * rain ** 0.67 + snowFactor * snow ** 1.38)
}

/** Drops or flakes: how many per cubic metre are larger than a diameter (millimetres), N0 / slope * exp(-slope D), and what they send back. */
interface Particles {
  readonly n0: number
  readonly slope: number
  /** Share of the light on the particle's disc that comes back as from a matt surface. */
  readonly reflectivity: number
}

/** Marshall and Palmer (1948) for rain; Gunn and Marshall (1958) for snow. Flakes count with their
 * melted size. Reflectivities: a drop's mirror-like glint; a flake sends most of the light onwards. */
function particlesOf({ rain, snow }: LidarAir): Particles[] {
  return [
    ...(rain > 0 ? [{ n0: 8000, slope: 4.1 * rain ** -0.21, reflectivity: 0.02 }] : []),
    ...(snow > 0 ? [{ n0: 3800 * snow ** -0.87, slope: 2.55 * snow ** -0.48, reflectivity: 0.2 }] : []),
  ]
}

/** Radius of the beam at a distance, metres: the exit's, and half the divergence of 0.1 degrees. */
const beamRadius = (distance: number): number => 0.006 + 0.00087 * distance

/** Below this distance the receiver's gain falls with the square of the distance, so that near things do not blind it; metres. */
const fullGain = 10

/** Signal of a matt surface that fills the beam: reflectivity times cosine, over distance squared, through the air and back. */
export function signal(reflectivity: number, distance: number, alpha: number): number {
  return (reflectivity * Math.exp(-2 * alpha * distance)) / Math.max(distance, fullGain) ** 2
}

const bins = 24
const firstBin = 1.5
const lastBin = 40
const levels = 48
/** Length of a pulse in the air and back, metres: c * 2 ns / 2. */
const pulse = 0.3

/**
 * Returns from the air itself. A particle answers for a ray when its signal is above what the ray's target sends (or above the threshold where there
 * is none) and lies before the target: particles in the beam are a Poisson process along it. Fog is a soft target: backscatter 0.046 / V per metre
 * and steradian (Rasshofer et al. 2011) over one pulse, with speckle (exponential). All is tabulated per weather by the signal to beat.
 */
export class AirReturns {
  readonly #alpha: number
  readonly #edges: Float64Array
  /** Expected number of winning returns from the first edge to each edge; one row per level. */
  readonly #counts: readonly Float64Array[]
  readonly #lowest: number

  /** @param threshold the least signal that counts */
  constructor(air: LidarAir, threshold: number) {
    this.#alpha = extinction(air)
    this.#lowest = Math.log(threshold)
    this.#edges = Float64Array.from({ length: bins + 1 }, (_, i) => firstBin * (lastBin / firstBin) ** (i / bins))
    const particles = particlesOf(air)
    // As a matt surface's reflectivity: pi times what comes back per steradian.
    const soft = air.visibility < 2000 ? (Math.PI * 0.046 * pulse) / air.visibility : 0
    this.#counts = Array.from({ length: levels }, (_, level) => {
      const beat = Math.exp(this.#lowest + level * levelStep)
      const counts = new Float64Array(bins + 1)
      for (let i = 0; i < bins; i++) {
        const [from, to] = [this.#edges[i], this.#edges[i + 1]]
        const middle = (from + to) / 2
        let rate = soft > 0 ? Math.exp(-beat / signal(soft, middle, this.#alpha)) / softSpacing : 0
        const radius = beamRadius(middle)
        for (const { n0, slope, reflectivity } of particles) {
          // A disc of diameter D in a beam of radius r sends D^2 / (4 r^2) of what a surface would.
          const diameter = 2000 * radius * Math.sqrt(beat / signal(reflectivity, middle, this.#alpha))
          rate += (n0 / slope) * Math.exp(-slope * diameter) * Math.PI * radius ** 2
        }
        counts[i + 1] = counts[i] + rate * (to - from)
      }
      return counts
    })
  }

  /** Whether any weather returns light at all. */
  get isEmpty(): boolean {
    return this.#counts[0][bins] < 1e-6
  }

  /**
   * @param beat the signal to be above, at least the threshold
   * @param before metres to the target, Infinity without one
   * @param u a uniform random number
   * @returns the distance of the return from the air, or undefined
   */
  sample(beat: number, before: number, u: number): number | undefined {
    const level = Math.min(levels - 1, Math.max(0, Math.ceil((Math.log(beat) - this.#lowest) / levelStep)))
    const counts = this.#counts[level]
    // The first arrival of a Poisson process whose rate changes along the ray.
    const wanted = -Math.log(1 - u)
    if (!(wanted < counts[bins])) return undefined
    let bin = 0
    while (counts[bin + 1] <= wanted) bin++
    const [from, to] = [this.#edges[bin], this.#edges[bin + 1]]
    const distance = from + ((to - from) * (wanted - counts[bin])) / (counts[bin + 1] - counts[bin])
    return distance < before ? distance : undefined
  }
}

const levelStep = 0.25
/** Metres of fog whose speckle is one draw. */
const softSpacing = 12
