import type { MapElement, TrafficLight } from '@virga/scenario'
import { drive, timeOf } from '../build/drive.ts'
import { along, boundary, crosswalk, light, marking, pole, sign, waitLine } from '../build/elements.ts'
import { crossLeft, frontWide } from '../build/rig.ts'
import { mapStyles, type Scene, small } from '../scene.ts'

const frames = 31
const states = (...words: ('red' | 'yellow' | 'green' | 'unknown')[]): TrafficLight['states'] => ({
  timesUs: Float64Array.from(words, (_, i) => timeOf(10 * i)),
  state: words,
})

const furniture: MapElement[] = [
  boundary(
    'left',
    along(
      -10,
      160,
      30,
      (x) => 7 + 0.3 * Math.sin(x / 9),
      (x) => 0.15 + 0.01 * x,
    ),
  ),
  boundary(
    'right',
    along(-10, 160, 30, () => -7),
  ),
  boundary('closed', [
    [20, 9, 0],
    [26, 9, 0],
    [26, 12, 0],
    [20, 12, 0],
    [20, 9, 0],
  ]),
  waitLine('near', [9, 3.4, 0], [9, -3.4, 0]),
  // Both ends lie outside of the picture although it crosses it: hdmap-v1 drops such a line whole.
  waitLine('wide', [4, 60, 0], [4, -60, 0]),
  waitLine('oblique', [16, -6, 0], [22, -1, 0]),
  ...[6, 12, 25, 50, 100].flatMap((x, i) => [pole(`pole-l${i}`, [x, 8, 0], 5), pole(`pole-r${i}`, [x + 1, -8, 0.3], 2.5)]),
  // From under the camera to high over it: bends strongly in a wide lens.
  pole('beside', [3.2, 1.2, -1], 9),
  sign('board', [30, 0, 6], [0.3, 8, 2]),
  ...[8, 14, 21, 35, 80].map((x, i) => sign(`sign-${i}`, [x, -9 + i * 0.4, 2.6], [0.1, 0.8, 0.8], 0.2 * i)),
  light('changing', [18, 3, 5], 0, states('red', 'green', 'yellow', 'red')),
  light('other', [18, 1.5, 5], 0.3, states('yellow', 'red', 'unknown', 'green')),
  light('silent', [18, -1.5, 5], 0.1),
  light('near', [7, 4, 4], -0.4, states('green', 'green', 'red', 'unknown')),
]

/** Rings that are convex, concave, under the camera, across the picture's edges, without area, and around the far limit. */
const surfaces: MapElement[] = [
  crosswalk('convex', [
    [10, -5, 0],
    [13, -5, 0],
    [13, 2, 0],
    [10, 2, 0],
  ]),
  crosswalk('concave', [
    [15, -6, 0],
    [21, -6, 0],
    [21, -3, 0],
    [18, -3, 0],
    [18, 4, 0],
    [15, 4, 0],
  ]),
  crosswalk('clockwise', [
    [24, 6, 0],
    [27, 6, 0.2],
    [27, -6, 0.2],
    [24, -6, 0],
  ]),
  crosswalk('under', [
    [-2, -3, 0],
    [5, -3, 0],
    [5, 3, 0],
    [-2, 3, 0],
  ]),
  crosswalk('far', [
    [118, -6, 0],
    [128, -6, 0],
    [128, 6, 0],
    [118, 6, 0],
  ]),
  crosswalk('farther', [
    [195, -9, 0],
    [210, -9, 0],
    [210, 9, 0],
    [195, 9, 0],
  ]),
  marking('arrow', [
    [7, -1, 0],
    [9, -1, 0],
    [9, -1.6, 0],
    [10.5, -0.7, 0],
    [9, 0.2, 0],
    [9, -0.4, 0],
    [7, -0.4, 0],
  ]),
  marking('edge', [
    [6, 4, 0],
    [9, 4, 0],
    [9, 12, 0],
    [6, 12, 0],
  ]),
  marking('flat', [
    [12, 3, 0],
    [14, 3, 0],
    [16, 3, 0],
  ]),
  marking('beside', [
    [-1, 1.5, 0],
    [4, 1.5, 0],
    [4, 2.5, 0],
    [-1, 2.5, 0],
  ]),
  marking('slope', [
    [30, 2, 0.5],
    [40, 2, 1.5],
    [40, 6, 1.5],
    [30, 6, 0.5],
  ]),
]

export const furnitureScenes: readonly Scene[] = [
  {
    name: 'furniture',
    shows: 'boundaries, wait lines, poles, signs, and lights that change state',
    drive: drive({ name: 'furniture', frames, speed: 3, cameras: [frontWide, crossLeft], map: furniture }),
    shots: [
      ...[0, 14, 25].map((frame) => ({ camera: frontWide.name, frame, styles: mapStyles, ...small })),
      { camera: crossLeft.name, frame: 7, styles: mapStyles, ...small },
    ],
  },
  {
    name: 'surfaces',
    shows: 'crosswalks and markings: concave, under the camera, at the edges of the picture, without area, at the far limits',
    drive: drive({ name: 'surfaces', frames: 13, speed: 12, cameras: [frontWide, crossLeft], map: surfaces }),
    shots: [
      { camera: frontWide.name, frame: 0, styles: mapStyles, ...small },
      { camera: frontWide.name, frame: 11, styles: mapStyles, ...small },
      { camera: crossLeft.name, frame: 4, styles: mapStyles, ...small },
    ],
  },
]
