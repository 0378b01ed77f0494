import { type Camera, type CameraModel, composePose, fthetaFromIntrinsics, mat3ToQuat, type Pose, quatFromAxisAngle } from '@virga/scenario'

/** Camera axes (x right, y down, z forward) in a vehicle frame (x forward, y left, z up) when the camera looks ahead. */
const ahead = mat3ToQuat([0, 0, 1, -1, 0, 0, 0, -1, 0])

/** A camera's place on the vehicle: metres, and degrees that it looks to the left and down. */
export function mount(x: number, y: number, z: number, left = 0, down = 0): Pose {
  const turn = (axis: readonly [number, number, number], degrees: number): Pose => ({
    rotation: quatFromAxisAngle(axis, (degrees * Math.PI) / 180),
    translation: [0, 0, 0],
  })
  const turned = composePose(turn([0, 0, 1], left), turn([0, 1, 0], down))
  return { ...composePose(turned, { rotation: ahead, translation: [0, 0, 0] }), translation: [x, y, z] }
}

const ftheta = (name: string, vector: readonly number[], camera_to_vehicle: Pose): Camera => ({
  name,
  ...fthetaFromIntrinsics(vector),
  camera_to_vehicle,
})

/** Stored intrinsics as RDS-HQ has them: cx, cy, width, height, p0..p5, is_bw[, c, d, e]; numbers near those of a real rig. */
export const frontWide = ftheta(
  'camera_front_wide_120fov',
  [955, 640, 1920, 1080, 0, 1.058e-3, 8.2e-9, -3.4e-11, 8.1e-14, -2.95e-17, 1],
  mount(1.8, 0, 1.4, 0, 2),
)
export const crossLeft = ftheta(
  'camera_cross_left_120fov',
  [964, 600, 1920, 1080, 0, 1.0655e-3, -6.3e-9, 1.957e-11, 1.258e-14, 1.283e-18, 1],
  mount(1.75, 0.6, 1.3, 65, 2),
)
export const frontTele = ftheta(
  'camera_front_tele_30fov',
  [978, 560, 1920, 1080, 0, 3675.75, 178.785, -387.413, -11.438, 18.03, 0],
  mount(1.8, -0.1, 1.4, 0, 1),
)
/** A lens that shears the image: the linear term is not the identity. */
export const skewed = ftheta(
  'camera_front_wide_120fov',
  [955, 640, 1920, 1080, 0, 1.058e-3, 8.2e-9, -3.4e-11, 8.1e-14, -2.95e-17, 1, 1.03, 0.02, -0.015],
  mount(1.8, 0, 1.4, 0, 2),
)

/** Models that the format cannot hold; a shot puts them in the place of the camera's own. All for 1920x1080. */
export const otherModels = {
  pinhole: { kind: 'pinhole', fx: 945, fy: 945, cx: 955, cy: 560 },
  'opencv-rational': {
    kind: 'opencv-rational',
    fx: 1010,
    fy: 1005,
    cx: 950,
    cy: 560,
    k: [0.3, 0.05, 0.002, 0.62, 0.14, 0.01],
    p1: 0.0004,
    p2: -0.0006,
  },
  'kannala-brandt': { kind: 'kannala-brandt', fx: 610, fy: 608, cx: 958, cy: 560, k: [0.05, -0.012, 0.004, -0.0007] },
} as const satisfies Record<string, CameraModel>
