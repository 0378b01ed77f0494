import type { RgbImage } from '@virga/scenario'

/** Mean colour of the area that each of width x height cells covers, in 0..1: [height, width, 3]. */
export function areaMean(image: RgbImage, width: number, height: number): Float32Array {
  const across = overlaps(image.width, width)
  const down = overlaps(image.height, height)
  const out = new Float32Array(width * height * 3)
  const row = new Float64Array(width * 3)
  for (let y = 0; y < height; y++) {
    row.fill(0)
    for (let k = down.start[y]; k < down.start[y + 1]; k++) {
      const from = down.source[k] * image.width
      const share = down.weight[k] / 255
      for (let x = 0; x < width; x++) {
        for (let i = across.start[x]; i < across.start[x + 1]; i++) {
          const at = (from + across.source[i]) * 3
          const weight = across.weight[i] * share
          row[3 * x] += weight * image.data[at]
          row[3 * x + 1] += weight * image.data[at + 1]
          row[3 * x + 2] += weight * image.data[at + 2]
        }
      }
    }
    out.set(row, y * width * 3)
  }
  return out
}

/** Which source pixels each cell overlaps and by what share of the cell; cell i has entries start[i] to start[i + 1]. */
function overlaps(source: number, cells: number): { start: Int32Array; source: Int32Array; weight: Float64Array } {
  const start = new Int32Array(cells + 1)
  const pixels: number[] = []
  const weights: number[] = []
  for (let i = 0; i < cells; i++) {
    const [from, to] = [(i * source) / cells, ((i + 1) * source) / cells]
    for (let pixel = Math.floor(from); pixel < Math.min(Math.ceil(to), source); pixel++) {
      pixels.push(pixel)
      weights.push(((Math.min(pixel + 1, to) - Math.max(pixel, from)) * cells) / source)
    }
    start[i + 1] = pixels.length
  }
  return { start, source: Int32Array.from(pixels), weight: Float64Array.from(weights) }
}
