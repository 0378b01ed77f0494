import { VirgaError } from '@virga/errors'
import { buildFtheta, type Camera, mat4ToPose, multiplyQuat, type Pose, quatFromAxisAngle, scaleCamera } from '@virga/scenario'

/** Pixels for which NVIDIA publishes the intrinsics. */
const native = { width: 1920, height: 1080 } as const

interface Lens {
  readonly name: string
  readonly cx: number
  readonly cy: number
  /** p1..p5 */
  readonly polynomial: readonly number[]
  readonly reference: 'pixel-to-angle' | 'angle-to-pixel'
  /** Where the camera sits on the vehicle (metres) and looks (radians to the left); the front wide camera has a full pose instead. */
  readonly place?: readonly [number, number, number]
  readonly yaw?: number
}

const degrees = Math.PI / 180

/**
 * The seven f-theta lenses that NVIDIA ships as default intrinsics of RDS-HQ (`default_ftheta_intrinsic` of the Cosmos-Drive-Dreams toolkit); names in
 * the order of its tools. The toolkit publishes no extrinsics of the rig but for the front wide camera, so places and directions of the others
 * are nominal: a saloon's windscreen, roof edges, front wings and rear window.
 */
const lenses: readonly Lens[] = [
  {
    name: 'camera_front_wide_120fov',
    cx: 954.2063,
    cy: 757.15415,
    polynomial: [1.05758628e-3, 8.2116208e-9, -3.3945008e-11, 8.0734208e-14, -2.94602496e-17],
    reference: 'pixel-to-angle',
  },
  {
    name: 'camera_cross_left_120fov',
    cx: 964.86275,
    cy: 744.439,
    polynomial: [1.0655136e-3, -6.3100036e-9, 1.9566128e-11, 1.258088896e-14, 1.28343936e-18],
    reference: 'pixel-to-angle',
    place: [1.6, 0.55, 1.45],
    yaw: 65 * degrees,
  },
  {
    name: 'camera_cross_right_120fov',
    cx: 958.4103,
    cy: 744.29785,
    polynomial: [1.0670406e-3, -1.9016488e-9, 5.0939608e-12, 3.09046848e-14, -6.74121728e-18],
    reference: 'pixel-to-angle',
    place: [1.6, -0.55, 1.45],
    yaw: -65 * degrees,
  },
  {
    name: 'camera_rear_left_70fov',
    cx: 933.82935,
    cy: 557.2074,
    polynomial: [1571.27855, 96.98752, -255.40837, 150.845965, 97.98543],
    reference: 'angle-to-pixel',
    place: [2.1, 0.95, 0.95],
    yaw: 150 * degrees,
  },
  {
    name: 'camera_rear_right_70fov',
    cx: 968.8991,
    cy: 553.86615,
    polynomial: [1564.0829, 100.93601, -264.07915, 149.67691, 100.501725],
    reference: 'angle-to-pixel',
    place: [2.1, -0.95, 0.95],
    yaw: -150 * degrees,
  },
  {
    name: 'camera_rear_tele_30fov',
    cx: 1032.4529,
    cy: 514.0706,
    polynomial: [3680.57665, -184.34178, 2877.95335, -12169.1035, 16158.127],
    reference: 'angle-to-pixel',
    place: [-0.3, 0, 1.35],
    yaw: 180 * degrees,
  },
  {
    name: 'camera_front_tele_30fov',
    cx: 978.44415,
    cy: 597.66565,
    polynomial: [3675.74975, 178.78496, -387.41287, -11.4377625, 18.0317115],
    reference: 'angle-to-pixel',
    place: [1.85, 0.05, 1.32],
    yaw: 0,
  },
]

/** Front wide camera to vehicle, as the test case of NVIDIA's world scenario renderer (Cosmos-Transfer2.5, Apache-2.0) has it. */
const frontWide = mat4ToPose([
  -0.01105494, -0.01810338, 0.999775, 1.849283,
  -0.9999387, 0.00079658, -0.01104233, -0.05416885,
  -0.00059649, -0.9998358, -0.01811108, 1.3234164,
  0, 0, 0, 1,
]) // prettier-ignore

/**
 * The rig of an RDS-HQ clip at an image size of 16:9.
 *
 * @throws VirgaError VIRGA_OUT_OF_RANGE for another shape of image
 */
export function rdsHqRig(width: number, height: number): Camera[] {
  // As NVIDIA's tools ask for: one scale for both directions, to 2 %.
  if (Math.abs(width / native.width - height / native.height) >= 0.02) {
    throw new VirgaError('VIRGA_OUT_OF_RANGE', `f-theta cameras of ${width} x ${height} pixels`, {
      field: 'size',
      expected: 'about 16:9, for instance 1280x720',
    })
  }
  return lenses.map(({ name, cx, cy, polynomial, reference, place, yaw }) => {
    const model = buildFtheta({ cx, cy, ...native, polynomial: [0, ...polynomial], reference })
    const camera_to_vehicle = place === undefined ? frontWide : looking(place, yaw ?? 0)
    return scaleCamera({ name, model, ...native, camera_to_vehicle }, width, height)
  })
}

/** Level, from a place on the vehicle, turned to the left. */
function looking(translation: readonly [number, number, number], yaw: number): Pose {
  // (0.5, -0.5, 0.5, -0.5) takes camera axes (right, down, forward) to those of a vehicle.
  return { rotation: multiplyQuat(quatFromAxisAngle([0, 0, 1], yaw), [0.5, -0.5, 0.5, -0.5]), translation }
}
