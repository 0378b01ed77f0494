import {
  buildTrajectory,
  type Camera,
  composePose,
  type DrivableArea,
  identityPose,
  type Lane,
  type LaneLine,
  type LidarSweepSource,
  mat3ToQuat,
  type MapElement,
  type Pose,
  quatFromAxisAngle,
  quatFromRollPitchYaw,
  type RgbImage,
  type Scenario,
  type Track,
  type Vec3,
} from '@virga/scenario'

/** The centre of the small world, far from the origin as a city frame is. */
const origin: Vec3 = [5200, 2400, 67]
const line = (...points: Vec3[]): Float64Array =>
  Float64Array.from(points.flatMap(([x, y, z]) => [origin[0] + x, origin[1] + y, origin[2] + z]))

/** Irregular stamps as a real log has them, two of them one nanosecond apart. */
const egoStamps = [0n, 49_927_215n, 49_927_216n, 100_196_000n, 149_927_219n, 199_632_001n, 250_000_007n].map(
  (t) => 315_966_253_660_357_000n + t,
)
const labelStamps = [egoStamps[0], egoStamps[3], egoStamps[5]]
const micros = (stamps: readonly bigint[]): number[] => stamps.map((stamp) => Number(stamp / 1000n))

function egoPose(i: number): Pose {
  return {
    rotation: quatFromRollPitchYaw(0.01 * i, -0.005 * i, 0.3 + 0.05 * i),
    translation: [origin[0] + 0.7 * i, origin[1] + 0.1 * i, origin[2] + 0.32],
  }
}

const camera: Camera = {
  name: 'ring_front_center',
  model: { kind: 'pinhole', fx: 80.25, fy: 80.5, cx: 24.5, cy: 32.125 },
  width: 48,
  height: 64,
  // Camera axes right, down, forward in vehicle axes forward, left, up.
  camera_to_vehicle: { rotation: mat3ToQuat([0, 0, 1, -1, 0, 0, 0, -1, 0]), translation: [1.6, 0, 1.4] },
  removedDistortion: [-0.24, -0.21, 0.33],
}

const sharedRail = line([0, 0, 0], [20, 0.5, 0.25], [40, 0, 0.5])
const against = (rail: Float64Array): Float64Array => Float64Array.from([2, 1, 0].flatMap((i) => [...rail.subarray(3 * i, 3 * i + 3)]))

const lines: LaneLine[] = [
  { kind: 'lane-line', id: '101:left', sourceType: 'DASH_SOLID_YELLOW', line: sharedRail, colour: 'yellow', pattern: 'solid-dashed' },
  {
    kind: 'lane-line',
    id: '101:right',
    sourceType: 'SOLID_WHITE',
    line: line([0, -3.5, 0], [40, -3.5, 0.5]),
    colour: 'white',
    pattern: 'solid',
  },
  { kind: 'lane-line', id: '102:right', sourceType: 'UNKNOWN', line: line([40, 3.5, 0.5], [0, 3.5, 0]), colour: 'other', pattern: 'none' },
]

const lanes: Lane[] = [
  {
    kind: 'lane',
    id: '101',
    sourceType: 'VEHICLE',
    left: sharedRail,
    right: lines[1].line,
    use: 'vehicle',
    isIntersection: false,
    predecessors: ['99'],
    successors: [],
    leftNeighbour: '102',
    leftLine: '101:left',
    rightLine: '101:right',
  },
  // The oncoming lane has the shared rail reversed: from the inside out it is a solid line first, then the dashed one.
  {
    kind: 'lane',
    id: '102',
    sourceType: 'BIKE',
    left: against(sharedRail),
    right: lines[2].line,
    use: 'bike',
    isIntersection: true,
    predecessors: [],
    successors: ['103', '104'],
    leftNeighbour: '101',
    leftLine: '101:left',
    rightLine: '102:right',
  },
]

const edges = [line([10, -4, 0], [10, 4, 0]), line([13, -4, 0.1], [13, 4, 0.1])] as const
const areas: DrivableArea[] = [
  { id: '7', ring: line([0, -4, 0], [20, -4, 0], [20, 4, 0], [0, 4, 0]) },
  { id: '8', ring: line([20, -4, 0.2], [40, -4, 0.2], [40, 4, 0.2], [20, 4, 0.2]) },
]

/** The two areas meet at x = 20, where no kerb is. */
const map: MapElement[] = [
  ...lines,
  ...lanes,
  { kind: 'crosswalk', id: '55', ring: Float64Array.of(...edges[0], ...line([13, 4, 0.1], [13, -4, 0.1])), edges },
  { kind: 'road-boundary', id: 'drivable-area:7', sourceType: 'drivable_area', line: line([20, 4, 0], [0, 4, 0], [0, -4, 0], [20, -4, 0]) },
  {
    kind: 'road-boundary',
    id: 'drivable-area:8',
    sourceType: 'drivable_area',
    line: line([20, -4, 0.2], [40, -4, 0.2], [40, 4, 0.2], [20, 4, 0.2]),
  },
]

function track(id: string, sourceCategory: string, name: Track['class'], stamps: readonly bigint[], speed: number): Track {
  const poses = stamps.map((stamp, i) => {
    const box: Pose = { rotation: quatFromAxisAngle([0, 0, 1], 0.2 * i - 1), translation: [12 + speed * i, -1.5, 0.8] }
    return composePose(egoPose(egoStamps.indexOf(stamp)), box)
  })
  return {
    id,
    class: name,
    sourceCategory,
    trajectory: buildTrajectory({
      timesUs: micros(stamps),
      translations: poses.flatMap((pose) => [...pose.translation]),
      rotations: poses.flatMap((pose) => [...pose.rotation]),
      stampsNs: BigInt64Array.from(stamps),
    }),
    sizes: Float64Array.from(stamps.flatMap((_, i) => [4.5, 1.9 + i / 7, 1.6])),
    interiorPoints: BigInt64Array.from(stamps, (_, i) => BigInt(i * 3)),
  }
}

function sweep(stampNs: bigint): LidarSweepSource {
  const points = Float32Array.from({ length: 3 * 50 }, (_, i) => (i % 13) * 1.5 - 8)
  const rows = { length: 50 }
  return {
    timeUs: Number(stampNs / 1000n),
    stampNs,
    load: async () => ({
      timeUs: Number(stampNs / 1000n),
      points,
      points_to_vehicle: identityPose,
      intensity: Uint8Array.from(rows, (_, i) => 5 * i),
      ring: Uint8Array.from(rows, (_, i) => i % 64),
      offsetsNs: Int32Array.from(rows, (_, i) => 2000 * i),
    }),
  }
}

/** A frame with a gradient, so that a swapped axis or channel shows. */
export function frame(index: number): RgbImage {
  const data = new Uint8Array(camera.width * camera.height * 3)
  for (let y = 0; y < camera.height; y++) {
    for (let x = 0; x < camera.width; x++) data.set([4 * x, 3 * y, 40 * index], 3 * (y * camera.width + x))
  }
  return { width: camera.width, height: camera.height, data }
}

/** A complete drive of a quarter second, in the form in which the Argoverse 2 reader gives one. */
export function smallScenario(): Scenario {
  const poses = egoStamps.map((_, i) => egoPose(i))
  const imageStamps = BigInt64Array.of(egoStamps[1], egoStamps[4])
  return {
    id: 'small-log',
    origin: { format: 'argoverse2', uri: '/nowhere', licence: 'Apache-2.0', region: 'TST_city_1' },
    startUs: Number(egoStamps[0] / 1000n),
    endUs: Number(egoStamps[6] / 1000n),
    rig: {
      cameras: [camera],
      lidars: ['up_lidar', 'down_lidar'].map((name, i) => ({
        name,
        lidar_to_vehicle: { rotation: quatFromAxisAngle([1, 0, 0], i), translation: [1.35, 0, 1.6 + i] },
      })),
    },
    ego: buildTrajectory({
      timesUs: micros(egoStamps),
      translations: poses.flatMap((pose) => [...pose.translation]),
      rotations: poses.flatMap((pose) => [...pose.rotation]),
      stampsNs: BigInt64Array.from(egoStamps),
    }),
    map,
    drivableAreas: areas,
    tracks: [
      track('b-car', 'REGULAR_VEHICLE', 'car', labelStamps, 1),
      track('a-dog', 'DOG', 'animal', labelStamps.slice(1, 2), 0),
      track('c', 'BUS', 'bus', labelStamps.slice(1), 2),
    ],
    sweeps: labelStamps.map(sweep),
    images: new Map([
      [
        camera.name,
        {
          timesUs: Float64Array.from(imageStamps, (stamp) => Number(stamp / 1000n)),
          stampsNs: imageStamps,
          load: async (index) => frame(index),
        },
      ],
    ]),
    missing: [],
  }
}
