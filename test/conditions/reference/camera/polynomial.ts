/** p0 + p1 x + p2 x^2 + ... */
export function polynomial(p: readonly number[], x: number): number {
  return p.reduceRight((value, coefficient) => value * x + coefficient, 0)
}

export function slope(p: readonly number[], x: number): number {
  return p.reduceRight((value, coefficient, power) => (power === 0 ? value : value * x + power * coefficient), 0)
}

/**
 * Least-squares polynomial of degree 5 without constant through the points (x, y): Householder QR on columns scaled to the largest x, so
 * that radii of a thousand pixels to the fifth power lose nothing.
 *
 * @returns p0..p5 with p0 = 0
 */
export function fitThroughOrigin(x: readonly number[], y: readonly number[]): number[] {
  const degree = 5
  const scale = Math.max(...x.map(Math.abs))
  const a = x.map((value) => Array.from({ length: degree }, (_, i) => (value / scale) ** (i + 1)))
  const b = [...y]
  for (let k = 0; k < degree; k++) {
    const norm = Math.hypot(...a.slice(k).map((row) => row[k]))
    const alpha = a[k][k] > 0 ? -norm : norm
    const v = a.map((row, i) => (i < k ? 0 : row[k] - (i === k ? alpha : 0)))
    const vv = v.reduce((sum, value) => sum + value * value, 0)
    for (let j = k; j < degree; j++) {
      const factor = (2 * v.reduce((sum, value, i) => sum + value * a[i][j], 0)) / vv
      v.forEach((value, i) => (a[i][j] -= factor * value))
    }
    const factor = (2 * v.reduce((sum, value, i) => sum + value * b[i], 0)) / vv
    v.forEach((value, i) => (b[i] -= factor * value))
  }
  const p = Array.from({ length: degree }, () => 0)
  for (let k = degree - 1; k >= 0; k--) {
    p[k] = (b[k] - p.reduce((sum, value, j) => (j > k ? sum + a[k][j] * value : sum), 0)) / a[k][k]
  }
  return [0, ...p.map((value, i) => value / scale ** (i + 1))]
}
