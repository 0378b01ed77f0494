/** p[0] + p[1] x + p[2] x^2 + ... by Horner. */
export function evaluatePolynomial(p: readonly number[], x: number): number {
  let value = 0
  for (let i = p.length - 1; i >= 0; i--) value = value * x + p[i]
  return value
}

/** First derivative of the polynomial at x. */
export function evaluateDerivative(p: readonly number[], x: number): number {
  let value = 0
  for (let i = p.length - 1; i >= 1; i--) value = value * x + i * p[i]
  return value
}

/**
 * The least-squares polynomial c1 x + ... + c_degree x^degree (no constant) through samples, by Householder QR on columns scaled
 * to [-1, 1]: the normal equations would lose half of the digits.
 *
 * @returns [0, c1, ..., c_degree]
 */
export function fitPolynomialThroughOrigin(x: readonly number[], y: readonly number[], degree: number): number[] {
  const rows = x.length
  const scale = Math.max(...x.map(Math.abs))
  const matrix = Array.from({ length: degree }, (_, column) => x.map((value) => (value / scale) ** (column + 1)))
  const target = [...y]
  const diagonal: number[] = []
  for (let k = 0; k < degree; k++) {
    const pivot = matrix[k]
    let norm = 0
    for (let i = k; i < rows; i++) norm += pivot[i] * pivot[i]
    const alpha = pivot[k] > 0 ? -Math.sqrt(norm) : Math.sqrt(norm)
    const reflector = pivot.slice(k)
    reflector[0] -= alpha
    diagonal.push(alpha)
    for (const column of [...matrix.slice(k + 1), target]) reflect(column, reflector, k)
  }
  const coefficients = new Array<number>(degree).fill(0)
  for (let k = degree - 1; k >= 0; k--) {
    let value = target[k]
    for (let j = k + 1; j < degree; j++) value -= matrix[j][k] * coefficients[j]
    coefficients[k] = value / diagonal[k]
  }
  return [0, ...coefficients.map((value, k) => value / scale ** (k + 1))]
}

/** Applies the Householder reflection of `reflector` (which starts at row k) to a column in place. */
function reflect(column: number[], reflector: readonly number[], k: number): void {
  let square = 0
  let product = 0
  for (let i = 0; i < reflector.length; i++) {
    square += reflector[i] * reflector[i]
    product += reflector[i] * column[k + i]
  }
  if (square === 0) return
  const factor = (2 * product) / square
  for (let i = 0; i < reflector.length; i++) column[k + i] -= factor * reflector[i]
}
