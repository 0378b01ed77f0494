import { buildFtheta, type Camera, identityPose, type MapElement, type RgbImage, type Scenario } from '@virga/scenario'
import { smallScenario } from './small-scenario.ts'

const at = (x: number, y: number, z: number): number[] => [5200 + x, 2400 + y, 67 + z]
const line = (...points: [number, number, number][]): Float64Array => Float64Array.from(points.flatMap((point) => at(...point)))

/** A box of half extents in the order of a sign's corners. */
function corners(x: number, y: number, z: number, half: number): Float64Array {
  const signs = [
    [1, 1, 1],
    [1, -1, 1],
    [-1, -1, 1],
    [-1, 1, 1],
    [1, 1, -1],
    [1, -1, -1],
    [-1, -1, -1],
    [-1, 1, -1],
  ]
  return Float64Array.from(signs.flatMap(([sx, sy, sz]) => at(x + sx * half, y + sy * half, z + sz * half)))
}

/** What the small Argoverse 2 log has no place for. */
function furniture(startUs: number): MapElement[] {
  const paints = (['solid', 'short-dashed', 'short-dashed'] as const).map((pattern) => ({ colour: 'white', pattern }) as const)
  return [
    { kind: 'lane-line', id: 'mixed', line: line([0, 1, 0], [5, 1, 0], [9, 1, 0]), colour: 'white', pattern: 'solid', paints },
    { kind: 'lane-line', id: 'dashes', line: line([0, 2, 0], [9, 2, 0]), colour: 'yellow', pattern: 'double-dashed' },
    { kind: 'lane-line', id: 'unusual', line: line([0, 2, 0], [9, 2, 0]), colour: 'white', pattern: 'solid-dashed' },
    { kind: 'pole', id: 'lamp', sourceType: 'lamp', line: line([4, 6, 0], [4, 6, 5]) },
    { kind: 'wait-line', id: 'stop', sourceType: 'stop-line', line: line([9, -4, 0], [9, 0, 0]) },
    { kind: 'road-marking', id: 'arrow', ring: line([1, 1, 0], [2, 1, 0], [2, 2, 0]) },
    { kind: 'traffic-sign', id: 'sign', corners: corners(12, 5, 3, 0.4) },
    {
      kind: 'traffic-light',
      id: 'light',
      corners: corners(14, 5, 4, 0.5),
      states: { timesUs: Float64Array.of(startUs + 50_000, startUs + 150_000), state: ['green', 'yellow'] },
    },
  ]
}

const [{ camera_to_vehicle }] = smallScenario().rig.cameras

/** One camera of every lens, names without meaning. */
export const lenses: readonly Camera[] = [
  {
    name: 'stored-backward',
    // The front wide camera of the released rigs (reference intrinsics of the Cosmos-Drive-Dreams toolkit).
    model: buildFtheta({
      cx: 954.2063,
      cy: 757.15415,
      width: 1920,
      height: 1080,
      polynomial: [0, 1.05758628e-3, 8.2116208e-9, -3.3945008e-11, 8.0734208e-14, -2.94602496e-17],
      reference: 'pixel-to-angle',
    }),
    width: 1920,
    height: 1080,
    camera_to_vehicle,
  },
  {
    name: 'stored-forward',
    model: buildFtheta({
      cx: 933.82935,
      cy: 557.2074,
      width: 1920,
      height: 1080,
      polynomial: [0, 1571.27855, 96.98752, -255.40837, 150.845965, 97.98543],
      reference: 'angle-to-pixel',
      c: 1.001,
      d: 2e-4,
      e: -1e-4,
    }),
    width: 1920,
    height: 1080,
    camera_to_vehicle,
  },
  {
    name: 'fisheye',
    model: { kind: 'kannala-brandt', fx: 400, fy: 402, cx: 640, cy: 360, k: [0.05, -0.01, 0.002, -0.0003] },
    width: 1280,
    height: 720,
    camera_to_vehicle,
  },
  {
    name: 'rational',
    model: { kind: 'opencv-rational', fx: 900, fy: 900, cx: 640, cy: 360, k: [-0.2, 0.05, -0.005, 0.01, 0, 0], p1: 0, p2: 0 },
    width: 1280,
    height: 720,
    camera_to_vehicle,
  },
]

const mask: RgbImage = { width: 4, height: 2, data: Uint8Array.from({ length: 24 }, (_, i) => (i < 12 ? 0 : 255)) }

/** The small drive with everything that RDS-HQ can hold. */
export function fullScenario(): Scenario {
  const small = smallScenario()
  const [front] = small.rig.cameras
  return {
    ...small,
    rig: { ...small.rig, cameras: [front, ...lenses] },
    map: [...small.map, ...furniture(small.startUs)],
    sweeps: small.sweeps.map((sweep) => ({
      ...sweep,
      load: async () => ({ ...(await sweep.load()), points_to_vehicle: { ...identityPose, translation: [1.2, 0, 1.9] as const } }),
    })),
    captions: { Original: 'A street by day.', Night: 'A street by night.' },
    vehicleMasks: new Map([[front.name, async () => mask]]),
  }
}
