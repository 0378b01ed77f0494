import { buildFtheta, type Camera, type CameraModel, fitPolynomialThroughOrigin, project, unproject } from '@virga/scenario'

const degree = 5
/** Points along each side of the image through which a polynomial is laid, and at which it is judged. */
const fitGrid = 64
const checkGrid = 97

export interface FthetaVector {
  /** cx, cy, width, height, p0..p5, is_bw, and c, d, e where the linear term is not the identity. */
  readonly values: Float64Array
  /** Largest distance over the image between where the camera's own model and the vector's put a ray, pixels; 0 for an f-theta camera. */
  readonly errorPixels: number
}

/**
 * The `ftheta_intrinsic` vector of a camera. An f-theta camera gives its stored polynomial, in its stored direction. Any other lens is approximated:
 * the angle-to-pixel polynomial of degree 5 without constant that is nearest to its radii by least squares over the image; unequal focal
 * lengths go into the linear term, tangential distortion stays as error.
 *
 * @returns undefined where no such polynomial grows over the image, as f-theta asks
 */
export function fthetaVector(camera: Camera): FthetaVector | undefined {
  const { model, width, height } = camera
  if (model.kind === 'ftheta') {
    const backward = model.reference === 'pixel-to-angle'
    const stored = backward ? model.pixelToAngle : model.angleToPixel
    return { values: vectorOf(camera, stored, backward, [model.c, model.d, model.e]), errorPixels: 0 }
  }
  const c = model.fx / model.fy
  const angles: number[] = []
  const radii: number[] = []
  for (const [u, v] of gridOver(width, height, fitGrid)) {
    const ray = unproject(model, u, v)
    if (ray === undefined) continue
    angles.push(Math.atan2(Math.hypot(ray[0], ray[1]), ray[2]))
    radii.push(Math.hypot((u - model.cx) / c, v - model.cy))
  }
  if (angles.length <= degree) return undefined
  const polynomial = fitPolynomialThroughOrigin(angles, radii, degree)
  const parameters = { cx: model.cx, cy: model.cy, width, height, polynomial, reference: 'angle-to-pixel', c } as const
  try {
    const fitted = buildFtheta(parameters)
    return { values: vectorOf(camera, polynomial, false, [c, 0, 0]), errorPixels: largestError(camera, fitted) }
  } catch {
    return undefined
  }
}

/**
 * The `pinhole_intrinsic` vector of a camera, fx, fy, cx, cy, width, height: a lens without its distortion, and of an f-theta camera the paraxial
 * focal length, as in released clips.
 */
export function pinholeVector({ model, width, height }: Camera): Float64Array {
  const { cx, cy } = model
  if (model.kind !== 'ftheta') return Float64Array.of(model.fx, model.fy, cx, cy, width, height)
  const f = model.reference === 'pixel-to-angle' ? 1 / model.pixelToAngle[1] : model.angleToPixel[1]
  return Float64Array.of(f * model.c, f, cx, cy, width, height)
}

function vectorOf(
  { model, width, height }: Camera,
  polynomial: readonly number[],
  backward: boolean,
  linear: readonly number[],
): Float64Array {
  const coefficients = Array.from({ length: degree + 1 }, (_, i) => polynomial[i] ?? 0)
  const isIdentity = linear[0] === 1 && linear[1] === 0 && linear[2] === 0
  return Float64Array.of(model.cx, model.cy, width, height, ...coefficients, backward ? 1 : 0, ...(isIdentity ? [] : linear))
}

/** Over the image, edges included, in pixels. */
function largestError({ model, width, height }: Camera, fitted: CameraModel): number {
  let largest = 0
  for (const [u, v] of gridOver(width, height, checkGrid)) {
    const ray = unproject(model, u, v)
    if (ray === undefined) continue
    const at = project(fitted, ray)
    largest = Math.max(largest, Math.hypot(at.u - u, at.v - v))
  }
  return largest
}

function* gridOver(width: number, height: number, side: number): Generator<[number, number]> {
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) yield [(width * column) / (side - 1), (height * row) / (side - 1)]
  }
}
