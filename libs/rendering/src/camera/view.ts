import {
  type Camera,
  cameraPoseAt,
  invertPose,
  maxValidAngle,
  type Mat4,
  type Micros,
  poseToMat4,
  project,
  type Projection,
  type Scenario,
  unproject,
  type Vec3,
} from '@virga/scenario'

/** A camera at one moment, looking at geometry in the local frame. */
export interface View {
  readonly camera: Camera
  /** Row-major; "world" is the local frame. */
  readonly world_to_camera: Mat4
  /** Largest angle (radians) between the optical axis and anything in the picture. */
  readonly halfAngle: number
}

/** The camera's view at a time; throws VIRGA_OUT_OF_RANGE outside the ego poses. */
export function viewAt(scenario: Scenario, camera: Camera, halfAngle: number, timeUs: Micros, origin: Vec3): View {
  const camera_to_world = cameraPoseAt(scenario, camera, timeUs)
  const [x, y, z] = camera_to_world.translation
  // The local origin is subtracted in float64, before anything becomes float32.
  const local = { rotation: camera_to_world.rotation, translation: [x - origin[0], y - origin[1], z - origin[2]] as Vec3 }
  return { camera, world_to_camera: poseToMat4(invertPose(local)), halfAngle }
}

/** Largest ray angle over the picture's border; the model's own limit where no ray lands. `margin` pixels beyond the border count too. */
export function pictureHalfAngle(camera: Camera, margin = 16): number {
  const { width, height, model } = camera
  const steps = 16
  let largest = 0
  for (let i = 0; i <= steps; i += 1) {
    const u = -margin + ((width + 2 * margin) * i) / steps
    const v = -margin + ((height + 2 * margin) * i) / steps
    for (const pixel of [
      [u, -margin],
      [u, height + margin],
      [-margin, v],
      [width + margin, v],
    ] as const) {
      const ray = unproject(model, pixel[0], pixel[1])
      largest = Math.max(largest, ray === undefined ? maxValidAngle(model) : Math.acos(Math.min(Math.max(ray[2], -1), 1)))
    }
  }
  return largest
}

export function toCamera(m: Mat4, x: number, y: number, z: number): Vec3 {
  return [m[0] * x + m[1] * y + m[2] * z + m[3], m[4] * x + m[5] * y + m[6] * z + m[7], m[8] * x + m[9] * y + m[10] * z + m[11]]
}

/** In front of the camera and, rounded to a pixel, inside the picture. */
export function isInPicture(camera: Camera, point: Vec3): boolean {
  if (!(point[2] > 0)) return false
  const at: Projection = project(camera.model, point)
  const u = Math.round(at.u)
  const v = Math.round(at.v)
  return at.valid && u >= 0 && u < camera.width && v >= 0 && v < camera.height
}

/** Whether anything in a sphere can be nearer than `farthest`, in front of the camera and inside the picture's cone. */
export function mayBeSeen(
  { centre, radius }: { readonly centre: Vec3; readonly radius: number },
  { world_to_camera, halfAngle }: View,
  farthest: number,
): boolean {
  const [x, y, z] = toCamera(world_to_camera, centre[0], centre[1], centre[2])
  if (z + radius < 0 || z - radius > farthest) return false
  const distance = Math.sqrt(x * x + y * y + z * z)
  return !(distance > radius && Math.atan2(Math.sqrt(x * x + y * y), z) - Math.asin(radius / distance) > halfAngle)
}
