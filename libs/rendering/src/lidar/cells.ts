/**
 * A plan of a sweep's surroundings seen from above: 128 sectors by 32 rings, each ring's outer radius sqrt(2) times its inner one. Points
 * that share a cell lie together in space and in any camera's picture.
 */
export const sectorCount = 128
export const ringCount = 32
export const cellCount = sectorCount * ringCount

/** The cell of a place; x and y in metres, at most `farthestPlace`. */
export function cellOf(x: number, y: number): number {
  return sectorOf(x, y) * ringCount + ringOf(x * x + y * y)
}

/** The last ring but one reaches up to here, metres. */
export const farthestPlace = 1e6

/** By the position on a diamond instead of the angle, which it grows with: no arc tangent. */
function sectorOf(x: number, y: number): number {
  const across = y / (Math.abs(x) + Math.abs(y) || 1)
  const around = x >= 0 ? 1 + across : 3 - across
  return Math.min(sectorCount - 1, (around * (sectorCount / 4)) | 0)
}

/** Powers of two of the squared radius. */
function ringOf(squared: number): number {
  return 31 - Math.clz32(Math.min(squared, 0x7fffffff) | 1)
}

/** Every cell that a disc touches, and perhaps some beside it. */
export function cellsOfDisc(x: number, y: number, radius: number): number[] {
  const distance = Math.hypot(x, y)
  const firstRing = ringOf(Math.max(0, distance - radius) ** 2)
  const lastRing = ringOf((distance + radius) ** 2)
  const angle = Math.atan2(y, x)
  const half = radius >= distance ? Math.PI : Math.asin(radius / distance) + 1e-6
  const firstSector = sectorOf(Math.cos(angle - half), Math.sin(angle - half))
  const lastSector = sectorOf(Math.cos(angle + half), Math.sin(angle + half))
  const sectors = half >= Math.PI / 2 ? sectorCount : ((lastSector - firstSector + sectorCount) % sectorCount) + 1
  const cells: number[] = []
  for (let i = 0; i < sectors; i += 1) {
    const sector = (firstSector + i) % sectorCount
    for (let ring = firstRing; ring <= lastRing; ring += 1) cells.push(sector * ringCount + ring)
  }
  return cells
}

/** A disc on the ground. */
export interface Disc {
  readonly x: number
  readonly y: number
  readonly radius: number
}

/** A disc around each cell. */
export const cellDiscs: readonly Disc[] = Array.from({ length: cellCount }, (_, cell) => {
  const ring = cell % ringCount
  const sector = Math.floor(cell / ringCount)
  const inner = ring === 0 ? 0 : 2 ** (ring / 2)
  const outer = ring === 30 ? 2 * farthestPlace : 2 ** ((ring + 1) / 2)
  const [ax, ay] = directionAt(sector)
  const [bx, by] = directionAt(sector + 1)
  const [mx, my] = directionAt(sector + 0.5)
  const middle = (inner + outer) / 2
  const distances = [inner, outer].flatMap((r) => [
    Math.hypot(r * ax - middle * mx, r * ay - middle * my),
    Math.hypot(r * bx - middle * mx, r * by - middle * my),
  ])
  return { x: middle * mx, y: middle * my, radius: Math.max(...distances, (outer - inner) / 2) }
})

/** Unit vector of a place on the diamond, the inverse of `sectorOf`. */
function directionAt(sector: number): [number, number] {
  const around = (sector / sectorCount) * 4
  const across = around <= 2 ? around - 1 : 3 - around
  const along = (1 - Math.abs(across)) * (around <= 2 ? 1 : -1)
  const length = Math.hypot(along, across)
  return [along / length, across / length]
}
