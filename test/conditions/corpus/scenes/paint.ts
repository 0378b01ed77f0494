import type { LanePaint, LineColour, LinePattern } from '@virga/scenario'
import { drive } from '../build/drive.ts'
import { along, laneLine } from '../build/elements.ts'
import { frontWide } from '../build/rig.ts'
import { mapStyles, type Scene, small } from '../scene.ts'

const known: readonly (readonly [LineColour, LinePattern])[] = [
  ['white', 'solid'],
  ['white', 'long-dashed'],
  ['white', 'short-dashed'],
  ['white', 'dot-dashed'],
  ['white', 'double-solid'],
  ['white', 'other'],
  ['yellow', 'solid'],
  ['yellow', 'long-dashed'],
  ['yellow', 'double-solid'],
  ['yellow', 'solid-dashed'],
  ['yellow', 'dashed-solid'],
  ['yellow', 'dotted'],
  ['yellow', 'double-dotted'],
  ['yellow', 'other'],
]
/** Pairs without a look of their own, which are drawn tan. */
const tan: readonly (readonly [LineColour, LinePattern])[] = [
  ['yellow', 'short-dashed'],
  ['blue', 'solid'],
]
const paint = ([colour, pattern]: readonly [LineColour, LinePattern]): LanePaint => ({ colour, pattern })
const spacing = 1.1

const beside = [...known, ...tan].map((pair, i) => {
  const side = (i - 7.5) * spacing
  return laneLine(
    `line-${String(i).padStart(2, '0')}`,
    along(
      -8,
      72,
      12,
      (x) => side + 0.0015 * x * x,
      (x) => 0.004 * x,
    ),
    paint(pair),
  )
})

const mixedPaints = (first: LanePaint, rest: LanePaint): LanePaint[] => [first, ...Array.from({ length: 5 }, () => rest)]
const solid = paint(['white', 'solid'])
/** Lines whose vertices disagree, that state nothing, that are too short for a dash, and that turn sharply. */
const odd = [
  laneLine(
    'mixed',
    along(4, 40, 6, () => 1.5),
    solid,
    mixedPaints(solid, paint(['yellow', 'long-dashed'])),
  ),
  laneLine(
    'silent',
    along(4, 40, 6, () => 0.4),
    { colour: 'other', pattern: 'other' },
    [],
  ),
  laneLine(
    'short',
    along(5, 7.9, 2, () => -0.8),
    paint(['white', 'long-dashed']),
  ),
  laneLine(
    'shorter',
    along(9, 9.8, 3, () => -0.8),
    paint(['white', 'short-dashed']),
  ),
  laneLine(
    'dots',
    along(11, 11.8, 2, () => -0.8),
    paint(['white', 'dot-dashed']),
  ),
  laneLine(
    'zigzag',
    along(5, 35, 11, (x) => -3 + (Math.round(x / 3) % 2)),
    paint(['white', 'double-solid']),
  ),
  laneLine(
    'crossing',
    [
      [14, -9, 0],
      [14, 9, 0],
    ],
    paint(['yellow', 'solid-dashed']),
  ),
]

const shots = [0, 10].map((frame) => ({ camera: frontWide.name, frame, styles: mapStyles, ...small }))

export const paintScenes: readonly Scene[] = [
  {
    name: 'paint',
    shows: 'every lane-line type side by side, bending and rising',
    drive: drive({ name: 'paint', frames: 13, cameras: [frontWide], map: beside }),
    shots,
  },
  {
    name: 'odd-paint',
    shows: 'lines whose vertices disagree or state nothing, shorter than a dash, sharply bent, across the road',
    drive: drive({ name: 'odd-paint', frames: 13, cameras: [frontWide], map: odd }),
    shots: shots.slice(0, 1),
  },
]
