import type { GroundHeight, Polyline } from '@virga/scenario'

/** Cells per metre of the rasters that Argoverse 2 ships. */
const shippedScale = 10 / 3
const mostCells = 16e6
/** Metres from a map line up to which its height is taken for the ground's; also the margin around the map. */
const reach = 10

/**
 * Ground height from the map alone, for a scenario that has no raster: every cell takes the height of the nearest point of the map's lines
 * (lane rails, area rings) within 10 m; cells farther off are unknown. Nearest points are found by two raster passes that hand each cell its
 * neighbours' nearest (Danielsson 1980), so the cost does not depend on the number of lines.
 *
 * @param lines polylines in the world frame, at least one with a vertex
 */
export function rasteriseGround(lines: readonly Polyline[]): GroundHeight {
  const { left, bottom, right, top } = boundsOf(lines)
  const scale = Math.min(shippedScale, Math.sqrt(mostCells / ((right - left) * (top - bottom))))
  const columns = Math.ceil((right - left) * scale)
  const rows = Math.ceil((top - bottom) * scale)
  const cells = rows * columns
  // The nearest known point of each cell, in cells, and its height.
  const seedX = new Float32Array(cells).fill(NaN)
  const seedY = new Float32Array(cells)
  const heights = new Float32Array(cells).fill(NaN)
  for (const line of lines) {
    for (const [x, y, z] of pointsAlong(line, 0.5 / scale)) {
      const [u, v] = [(x - left) * scale, (y - bottom) * scale]
      const cell = Math.floor(v) * columns + Math.floor(u)
      seedX[cell] = u
      seedY[cell] = v
      heights[cell] = z
    }
  }
  const squared = (cell: number, u: number, v: number): number => (seedX[cell] - u) ** 2 + (seedY[cell] - v) ** 2
  const offer = (row: number, column: number, fromRow: number, fromColumn: number): void => {
    if (fromRow < 0 || fromRow >= rows || fromColumn < 0 || fromColumn >= columns) return
    const [cell, from] = [row * columns + column, fromRow * columns + fromColumn]
    if (Number.isNaN(seedX[from])) return
    const [u, v] = [column + 0.5, row + 0.5]
    if (!Number.isNaN(seedX[cell]) && squared(cell, u, v) <= squared(from, u, v)) return
    seedX[cell] = seedX[from]
    seedY[cell] = seedY[from]
    heights[cell] = heights[from]
  }
  for (const step of [1, -1]) {
    for (let i = 0; i < rows; i++) {
      const row = step === 1 ? i : rows - 1 - i
      for (let column = 0; column < columns; column++) for (const side of [-1, 0, 1]) offer(row, column, row - step, column + side)
      for (let column = 1; column < columns; column++) offer(row, column, row, column - 1)
      for (let column = columns - 2; column >= 0; column--) offer(row, column, row, column + 1)
    }
  }
  const limit = (reach * scale) ** 2
  for (let cell = 0; cell < cells; cell++) {
    if (!(squared(cell, (cell % columns) + 0.5, Math.floor(cell / columns) + 0.5) <= limit)) heights[cell] = NaN
  }
  return { rows, columns, heights, scale, rotation: [1, 0, 0, 1], translation: [-left, -bottom] }
}

function boundsOf(lines: readonly Polyline[]): { left: number; bottom: number; right: number; top: number } {
  const bounds = { left: Infinity, bottom: Infinity, right: -Infinity, top: -Infinity }
  for (const line of lines) {
    for (let i = 0; i < line.length; i += 3) {
      bounds.left = Math.min(bounds.left, line[i] - reach)
      bounds.right = Math.max(bounds.right, line[i] + reach)
      bounds.bottom = Math.min(bounds.bottom, line[i + 1] - reach)
      bounds.top = Math.max(bounds.top, line[i + 1] + reach)
    }
  }
  return bounds
}

/** Points along a polyline, at most `spacing` metres apart. */
function* pointsAlong(line: Polyline, spacing: number): Generator<readonly [number, number, number]> {
  for (let i = 0; i + 3 < line.length; i += 3) {
    const [dx, dy, dz] = [line[i + 3] - line[i], line[i + 4] - line[i + 1], line[i + 5] - line[i + 2]]
    const steps = Math.max(1, Math.ceil(Math.hypot(dx, dy) / spacing))
    for (let k = 0; k < steps; k++) yield [line[i] + (dx * k) / steps, line[i + 1] + (dy * k) / steps, line[i + 2] + (dz * k) / steps]
  }
  if (line.length >= 3) yield [line[line.length - 3], line[line.length - 2], line[line.length - 1]]
}
