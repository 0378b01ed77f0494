import type { Scenario, Track } from '@virga/scenario'
import { drive } from '../build/drive.ts'
import { frontWide } from '../build/rig.ts'
import { sweepsOf } from '../build/sweeps.ts'
import { parked, track } from '../build/tracks.ts'
import { type Scene, type Shot, small } from '../scene.ts'

const frames = 31

const tracks: readonly Track[] = [
  track('ahead', 'Automobile', 'car', 0, 30, (f) => ({
    place: [11 + 0.3 * f, 0, 0.8],
    yaw: 0.01 * f,
    size: [4.6, 1.9, 1.6],
    moving: true,
  })),
  track('oncoming', 'Heavy_truck', 'truck', 0, 30, (f) => ({ place: [50 - f, 4.5, 1.8], yaw: Math.PI, size: [9, 2.5, 3.6], moving: true })),
  // Gone before the end: its points of earlier sweeps are not drawn afterwards.
  track('gone', 'Automobile', 'car', 0, 12, (f) => ({ place: [9 + 0.2 * f, -4, 0.8], yaw: 0, size: [4.4, 1.8, 1.5], moving: true })),
  parked('parked', 'Automobile', 'car', frames, [15, -7.5, 0.8], [4.5, 1.9, 1.6], 0.1),
]

const bare = drive({ name: 'lidar', frames, speed: 7, yawRate: 0.06, sway: 0.02, cameras: [frontWide], tracks })
const scenario: Scenario = { ...bare, sweeps: sweepsOf(bare, frames, { ground: 2200, walls: 1000, boxes: 180, near: 60 }, 11) }

const shot = (rest: Partial<Shot>): Shot => ({ camera: frontWide.name, frame: 14, styles: ['lidar-v1'], ...small, ...rest })

export const lidarScenes: readonly Scene[] = [
  {
    name: 'lidar',
    shows: 'sweeps at the start, in the middle and at the end, moving points carried or dropped, the near cut, every camera model',
    drive: scenario,
    shots: [
      ...[0, 14, 16, 30].map((frame) => shot({ frame })),
      ...(['pinhole', 'opencv-rational', 'kannala-brandt'] as const).map((model) => shot({ model })),
    ],
  },
]
