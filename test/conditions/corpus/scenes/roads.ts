import type { MapElement, Track } from '@virga/scenario'
import { drive } from '../build/drive.ts'
import { along, boundary, crosswalk, laneLine, light, marking, pole, sign, waitLine } from '../build/elements.ts'
import { frontTele, frontWide, skewed } from '../build/rig.ts'
import { parked, track } from '../build/tracks.ts'
import { mapStyles, type Scene, type Shot, small } from '../scene.ts'

const frames = 13

/** Roads above and below: what lies far below the vehicle may be dropped, what is above may not. */
const levels: readonly MapElement[] = [
  ...[0, -2.5, -3.5, -6, -12, 6].flatMap((z, i): MapElement[] => {
    const side = (i - 2.5) * 3
    return [
      laneLine(
        `level-${i}`,
        along(
          8,
          60,
          8,
          () => side,
          () => z,
        ),
        { colour: 'white', pattern: 'solid' },
      ),
      boundary(
        `kerb-${i}`,
        along(
          8,
          60,
          8,
          () => side + 1,
          () => z,
        ),
      ),
      crosswalk(`walk-${i}`, [
        [20, side, z],
        [23, side, z],
        [23, side + 1.5, z],
        [20, side + 1.5, z],
      ]),
      marking(`mark-${i}`, [
        [30, side, z],
        [33, side, z],
        [33, side + 1.5, z],
      ]),
      pole(`pole-${i}`, [26, side, z - 1.8], 1.5),
    ]
  }),
  // Far and low, but shallow enough to be the same road going downhill.
  laneLine(
    'downhill',
    along(
      60,
      150,
      6,
      () => 1,
      (x) => -0.05 * x,
    ),
    { colour: 'yellow', pattern: 'solid' },
  ),
]

/** Lines that run past both far limits, and hulls that lie across them. */
const far: readonly MapElement[] = [
  ...[-6, -3, 3, 6].map((y, i) =>
    laneLine(
      `line-${i}`,
      along(
        1,
        230,
        2 + 10 * i,
        () => y,
        (x) => 0.01 * x,
      ),
      { colour: 'white', pattern: i % 2 === 0 ? 'solid' : 'long-dashed' },
    ),
  ),
  boundary('cross-122', [
    [124, -60, 1],
    [122, 60, 1],
  ]),
  boundary('cross-200', [
    [199, -60, 2],
    [203, 60, 2],
  ]),
  crosswalk('at-122', [
    [115, -10, 1],
    [135, -10, 1],
    [135, 10, 1],
    [115, 10, 1],
  ]),
  sign('at-200', [199.9, 0, 8], [6, 12, 6], 0.3),
  ...[100, 121, 124, 160, 198, 202].map((x, i) => pole(`pole-${i}`, [x, 8 + i, 0], 12)),
]

/** A street with some of everything, for the camera models. */
const street: readonly MapElement[] = [
  laneLine(
    'middle',
    along(-15, 90, 20, (x) => 0.0008 * x * x),
    { colour: 'yellow', pattern: 'double-solid' },
  ),
  laneLine(
    'left',
    along(-15, 90, 20, (x) => 3.5 + 0.0008 * x * x),
    { colour: 'white', pattern: 'long-dashed' },
  ),
  laneLine(
    'right',
    along(-15, 90, 20, (x) => -3.5 + 0.0008 * x * x),
    { colour: 'white', pattern: 'solid' },
  ),
  boundary(
    'kerb-left',
    along(
      -15,
      90,
      15,
      (x) => 6.5 + 0.0008 * x * x,
      () => 0.15,
    ),
  ),
  boundary(
    'kerb-right',
    along(
      -15,
      90,
      15,
      (x) => -6 + 0.0008 * x * x,
      () => 0.15,
    ),
  ),
  waitLine('stop', [14, 3.5, 0], [14, 0, 0]),
  crosswalk('walk', [
    [16, -6, 0],
    [19, -6, 0],
    [19, 6.5, 0],
    [16, 6.5, 0],
  ]),
  marking('arrow', [
    [9, 1.5, 0],
    [12, 1.2, 0],
    [12, 2.2, 0],
  ]),
  ...[5, 15, 30, 60].map((x, i) => pole(`pole-${i}`, [x, 7.5, 0], 6)),
  sign('sign', [15, -6.8, 2.8], [0.1, 0.9, 0.9], 0.1),
  light('light', [15, 7, 4.5], 0.2),
]

const streetTracks: readonly Track[] = [
  track('ahead', 'Automobile', 'car', 0, 12, (f) => ({ place: [13 + 0.2 * f, -1.8, 0.8], yaw: 0.02, size: [4.5, 1.9, 1.6], moving: true })),
  parked('truck', 'Heavy_truck', 'truck', frames, [9, 5, 1.7], [7, 2.4, 3.4], 0.05),
  parked('person', 'Person', 'pedestrian', frames, [8, -3.5, 0.9], [0.6, 0.7, 1.8], 1),
]

const shot = (camera: string, rest: Partial<Shot> = {}): Shot => ({ camera, frame: 4, styles: mapStyles, ...small, ...rest })
const wide = drive({ name: 'street', frames, cameras: [frontWide, frontTele], map: street, tracks: streetTracks })

export const roadScenes: readonly Scene[] = [
  {
    name: 'levels',
    shows: 'roads above and far below the vehicle (the height filter of world-scenario-v3)',
    drive: drive({ name: 'levels', frames, cameras: [frontWide], map: levels }),
    shots: [shot(frontWide.name)],
  },
  {
    name: 'far',
    shows: 'lines, hulls and poles across the limits of 122.5 m and 200 m',
    drive: drive({ name: 'far', frames, cameras: [frontWide, frontTele], map: far }),
    shots: [shot(frontWide.name), shot(frontTele.name)],
  },
  {
    name: 'street',
    shows: 'some of everything through every camera model; the chain that squeezes 16:9 to the height a model takes',
    drive: wide,
    shots: [
      shot(frontWide.name),
      shot(frontTele.name),
      ...(['pinhole', 'opencv-rational', 'kannala-brandt'] as const).map((model) => shot(frontWide.name, { model })),
      shot(frontWide.name, { chain: 'resize', width: 640, height: 352 }),
    ],
  },
  {
    name: 'skew',
    shows: 'f-theta with a linear term that shears the image',
    drive: drive({ name: 'skew', frames, cameras: [skewed], map: street, tracks: streetTracks }),
    shots: [shot(skewed.name)],
  },
]
