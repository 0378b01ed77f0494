/** The longest gap that is bridged, as a part of the picture's height. */
const longestGap = 1 / 12

/**
 * Fills gaps down the columns, between two known pixels, linearly; what may not be filled ends a gap.
 *
 * @param values one per pixel, changed in place
 */
export function bridgeColumns(
  values: Float32Array,
  mayFill: (at: number) => boolean,
  isKnown: (at: number) => boolean,
  width: number,
  height: number,
): void {
  const longest = Math.floor(height * longestGap)
  for (let x = 0; x < width; x++) {
    let last = -1
    for (let y = 0; y < height; y++) {
      const at = y * width + x
      if (!mayFill(at)) last = -1
      else if (isKnown(at)) {
        if (last >= 0 && y - last > 1 && y - last <= longest) fill(values, last * width + x, at, width)
        last = y
      }
    }
  }
}

function fill(values: Float32Array, from: number, to: number, step: number): void {
  const count = (to - from) / step
  for (let k = 1; k < count; k++) values[from + k * step] = values[from] + ((values[to] - values[from]) * k) / count
}
