import { type GroundHeight, type MapElement, type Polyline, poseAt, type Scenario } from '@virga/scenario'
import { dropNeedles, fillUnknown, type HeightGrid } from './height-grid.ts'

/** Half the side of the ground that is known around the camera, metres; beyond it the ground goes on flat. */
export const groundReach = 256

/** Node spacing where the source has a height raster, and where heights come from the map's vertices, metres. */
const rasterSpacing = 1
const vertexSpacing = 2

/** A step of more metres between two cells of a raster is a wall or a fault, not a kerb; pieces of less area than this (m2) are dropped. */
const [highestStep, smallestPiece] = [0.35, 400]

/**
 * The ground around a place. Heights are those of the source's raster where it has one, else of the vertices of lanes, drivable areas, paint
 * and crosswalks (of road boundaries, which may run along the top of a kerb, where there is nothing else), else of the ego's path. What is
 * unknown is a smooth membrane through what is known.
 */
export class GroundSource {
  readonly #raster: GroundHeight | undefined
  readonly #scenario: Scenario
  readonly #lines: readonly Polyline[]
  readonly #kerbs: readonly Polyline[]

  constructor(scenario: Scenario, raster: GroundHeight | undefined) {
    this.#scenario = scenario
    this.#raster = raster && withoutNeedles(raster)
    this.#lines = [...scenario.map.flatMap(groundLines), ...(scenario.drivableAreas ?? []).map(({ ring }) => closed(ring))]
    this.#kerbs = scenario.map.flatMap((element) => (element.kind === 'road-boundary' ? [element.line] : []))
  }

  /** @param x world metres, the grid's middle; @param z the ego's height there, for telling the own road from bridges over or under it */
  around(x: number, y: number, z: number): HeightGrid {
    const spacing = this.#raster === undefined ? vertexSpacing : rasterSpacing
    const cells = (2 * groundReach) / spacing
    const frame = { west: x - groundReach, south: y - groundReach, spacing, cells }
    const side = cells + 1
    const known = this.#raster === undefined ? new Float64Array(side * side).fill(NaN) : resample(this.#raster, frame)
    if (known.every(Number.isNaN)) {
      const isNear = this.#levelOf(frame, z)
      for (const lines of [this.#lines, this.#kerbs]) if (known.every(Number.isNaN)) settle(known, frame, lines, isNear)
      if (known.every(Number.isNaN)) settle(known, frame, [this.#scenario.ego.translations], () => true)
    }
    return { ...frame, heights: fillUnknown(known, side, z) }
  }

  /** Whether a point lies on the level that the ego drives on: within 3 m, and 8 in 100 of the distance to its path. */
  #levelOf({ west, south }: { west: number; south: number }, z: number): (px: number, py: number, pz: number) => boolean {
    const { ego } = this.#scenario
    const path: number[] = []
    const reach = 2 * groundReach
    const last = ego.timesUs.length - 1
    for (let i = 0; i <= last; i++) {
      const [px, py, pz] = ego.translations.subarray(3 * i, 3 * i + 3)
      if (px < west || py < south || px > west + reach || py > south + reach) continue
      const n = path.length
      if (n > 0 && i < last && Math.hypot(px - path[n - 3], py - path[n - 2]) < 5) continue
      path.push(px, py, pz)
    }
    if (path.length === 0) path.push(west + groundReach, south + groundReach, z)
    return (px, py, pz) => {
      let nearest = Infinity
      let height = z
      for (let i = 0; i < path.length; i += 3) {
        const distance = Math.hypot(px - path[i], py - path[i + 1])
        if (distance >= nearest) continue
        nearest = distance
        height = path[i + 2]
      }
      return Math.abs(pz - height) <= 3 + 0.08 * nearest
    }
  }
}

/** The height of the ego at a time, or at its nearest moment. */
export function egoPlace({ ego }: Pick<Scenario, 'ego'>, timeUs: number): readonly [number, number, number] {
  const { timesUs } = ego
  return poseAt(ego, Math.min(Math.max(timeUs, timesUs[0]), timesUs[timesUs.length - 1])).translation
}

function groundLines(element: MapElement): Polyline[] {
  switch (element.kind) {
    case 'lane':
      return [element.left, element.right]
    case 'lane-line':
    case 'wait-line':
      return [element.line]
    case 'crosswalk':
    case 'road-marking':
      return [closed(element.ring)]
    default:
      return []
  }
}

function closed(ring: Polyline): Polyline {
  return Float64Array.from([...ring, ...ring.subarray(0, 3)])
}

type Frame = Pick<HeightGrid, 'west' | 'south' | 'spacing' | 'cells'>

/** Puts the mean height of the lines' points, taken at half the spacing, on the nearest nodes. */
function settle(
  known: Float64Array,
  { west, south, spacing, cells }: Frame,
  lines: readonly Polyline[],
  isNear: (x: number, y: number, z: number) => boolean,
): void {
  const counts = new Uint32Array(known.length)
  const reach = cells * spacing
  for (const line of lines) {
    for (let p = 0; p + 5 < line.length; p += 3) {
      const length = Math.hypot(line[p + 3] - line[p], line[p + 4] - line[p + 1])
      if (!(length < 4 * reach)) continue
      const steps = Math.max(1, Math.ceil(length / (spacing / 2)))
      for (let k = 0; k <= steps; k++) {
        const t = k / steps
        const x = line[p] + (line[p + 3] - line[p]) * t
        const y = line[p + 1] + (line[p + 4] - line[p + 1]) * t
        if (x < west || y < south || x > west + reach || y > south + reach) continue
        const z = line[p + 2] + (line[p + 5] - line[p + 2]) * t
        if (!isNear(x, y, z)) continue
        const [i, j] = [Math.round((x - west) / spacing), Math.round((y - south) / spacing)]
        const at = j * (cells + 1) + i
        // The height beside the node, not that of the sample before or behind it: on a slope these differ.
        const beside =
          length > 0
            ? ((west + i * spacing - x) * (line[p + 3] - line[p]) + (south + j * spacing - y) * (line[p + 4] - line[p + 1])) / length ** 2
            : 0
        const height = z + (line[p + 5] - line[p + 2]) * beside
        known[at] = counts[at] === 0 ? height : known[at] + (height - known[at]) / (counts[at] + 1)
        counts[at]++
      }
    }
  }
}

function withoutNeedles(raster: GroundHeight): GroundHeight {
  const heights = raster.heights.slice()
  dropNeedles(heights, raster.columns, highestStep, smallestPiece * raster.scale ** 2)
  return { ...raster, heights }
}

/**
 * The raster at the nodes: the mean of the known cells whose middles lie within one node spacing. Rasters of half floats far above sea
 * level step by centimetres (0.06 m at 64 m); the mean takes most of that away.
 */
function resample(
  { columns, rows, heights, scale, rotation, translation }: GroundHeight,
  { west, south, spacing, cells }: Frame,
): Float64Array {
  const side = cells + 1
  const known = new Float64Array(side * side).fill(NaN)
  const reach = Math.max(1, Math.round(spacing * scale))
  for (let j = 0; j < side; j++) {
    for (let i = 0; i < side; i++) {
      const x = west + i * spacing
      const y = south + j * spacing
      const column = Math.floor(scale * (rotation[0] * x + rotation[1] * y + translation[0]))
      const row = Math.floor(scale * (rotation[2] * x + rotation[3] * y + translation[1]))
      if (column < -reach || row < -reach || column >= columns + reach || row >= rows + reach) continue
      let sum = 0
      let count = 0
      for (let r = Math.max(row - reach, 0); r <= Math.min(row + reach, rows - 1); r++) {
        for (let c = Math.max(column - reach, 0); c <= Math.min(column + reach, columns - 1); c++) {
          const z = heights[r * columns + c]
          if (Number.isNaN(z)) continue
          sum += z
          count++
        }
      }
      if (count > 0) known[j * side + i] = sum / count
    }
  }
  return known
}
