import type { ObjectClass, Track, Vec3 } from '@virga/scenario'
import { drive } from '../build/drive.ts'
import { normal, seeded } from '../build/random.ts'
import { crossLeft, frontWide } from '../build/rig.ts'
import { parked, track } from '../build/tracks.ts'
import { mapStyles, type Scene, small } from '../scene.ts'

const frames = 31

/** Every type word of the format's two lists, its class here, and a size. */
const types: readonly (readonly [string, ObjectClass, Vec3])[] = [
  ['Automobile', 'car', [4.6, 1.9, 1.6]],
  ['Other_vehicle', 'car', [3, 1.5, 1.7]],
  ['Heavy_truck', 'truck', [10, 2.6, 3.6]],
  ['Bus', 'bus', [11.5, 2.6, 3.2]],
  ['Trolley_bus', 'bus', [12, 2.6, 3.4]],
  ['Train_or_tram_car', 'train', [14, 2.6, 3.5]],
  ['Trailer', 'trailer', [7, 2.4, 3]],
  ['Person', 'pedestrian', [0.6, 0.7, 1.75]],
  ['Stroller', 'stroller', [1, 0.6, 1.1]],
  ['Rider', 'rider', [1.8, 0.7, 1.75]],
  ['Animal', 'animal', [1.1, 0.4, 0.7]],
  ['Protruding_object', 'other', [0.9, 0.4, 0.5]],
]

const classes = types.map(([type, kind, size], i): Track => {
  const [x, y] = [9 + 5.5 * Math.floor(i / 2), i % 2 === 0 ? 4.5 : -4.5]
  return parked(`class-${String(i).padStart(2, '0')}`, type, kind, frames, [x, y, size[2] / 2], size, 0.5 * i)
})

const random = seeded(7)
const jitter = (metres: number): number => metres * normal(random)
const car: Vec3 = [4.6, 1.9, 1.6]

// No face is parallel to the picture: there an edge and its own face would be at one depth, and rounding would choose between them.
const motion: readonly Track[] = [
  track('ahead', 'Automobile', 'car', 0, 30, (f) => ({ place: [12 + 0.5 * f, 0.3, 0.8], yaw: 0.1 + 0.01 * f, size: car, moving: true })),
  track('oncoming', 'Bus', 'bus', 0, 30, (f) => ({ place: [45 - 1.1 * f, 4, 1.6], yaw: Math.PI, size: [11, 2.5, 3.2], moving: true })),
  track('turning', 'Rider', 'rider', 0, 30, (f) => ({
    place: [15, -4 + 0.12 * f, 0.9],
    yaw: 3 + 0.08 * f,
    size: [1.8, 0.7, 1.8],
    moving: true,
  })),
  // Labels that shake: averaged over the frames in which the object stands, with a heading that is off by half a turn now and then.
  track('shaking', 'Automobile', 'car', 0, 30, (f) => ({
    place: [10 + jitter(0.1), -3.5 + jitter(0.1), 0.8 + jitter(0.05)],
    yaw: 0.2 + jitter(0.03) + (f === 12 ? Math.PI : 0),
    size: [4.6 + jitter(0.05), 1.9, 1.6],
    moving: false,
  })),
  // Parked for a third of a second, then off.
  track('starting', 'Heavy_truck', 'truck', 0, 30, (f) => ({
    place: [24 + Math.max(f - 9, 0) * 0.3 + (f <= 9 ? jitter(0.05) : 0), -4, 1.8],
    yaw: 0.1,
    size: [9, 2.5, 3.6],
    moving: f > 9,
  })),
  track('comes', 'Person', 'pedestrian', 12, 30, (f) => ({
    place: [8, 3 - 0.05 * f, 0.9],
    yaw: -1.5,
    size: [0.6, 0.7, 1.8],
    moving: true,
  })),
  track('goes', 'Person', 'pedestrian', 0, 15, (f) => ({ place: [7, -2 + 0.05 * f, 0.9], yaw: 1.5, size: [0.6, 0.7, 1.8], moving: true })),
  track('tilted', 'Trailer', 'trailer', 0, 30, (f) => ({
    place: [20, 6, 2.2],
    yaw: 0.4,
    pitch: 0.25,
    roll: 0.15 + 0.01 * f,
    size: [6, 2.2, 2.5],
    moving: true,
  })),
]

/** Boxes that a careless renderer draws wrongly, or not at all, or everywhere. */
const trials: readonly Track[] = [
  parked('around', 'Automobile', 'car', frames, [1.8, 0, 1.2], [6, 3, 3]),
  parked('behind', 'Bus', 'bus', frames, [-9, 0, 1.6], [11, 2.6, 3.2]),
  parked('across', 'Automobile', 'car', frames, [2, 2.6, 0.8], car, 0.1),
  parked('beside', 'Heavy_truck', 'truck', frames, [4, -3.2, 1.8], [12, 2.6, 3.6]),
  parked('larger', 'Trailer', 'trailer', frames, [14, 0, 5], [0.5, 120, 60]),
  parked('at-122', 'Heavy_truck', 'truck', frames, [124, 6, 3], [5, 4, 6]),
  parked('over-122', 'Heavy_truck', 'truck', frames, [130, -6, 3], [5, 4, 6]),
  parked('at-200', 'Bus', 'bus', frames, [201, 14, 4], [8, 8, 8]),
  parked('over-200', 'Bus', 'bus', frames, [212, -14, 4], [6, 8, 8]),
  parked('thin', 'Protruding_object', 'other', frames, [9, 5, 1], [0.02, 3, 2], 0.3),
]

export const trafficScenes: readonly Scene[] = [
  {
    name: 'classes',
    shows: 'a box of every type word, turned all ways, some behind others',
    drive: drive({ name: 'classes', frames, speed: 3, cameras: [frontWide], tracks: classes }),
    shots: [{ camera: frontWide.name, frame: 0, styles: mapStyles, ...small }],
  },
  {
    name: 'motion',
    shows: 'moving, shaking, starting, coming, going and tilted boxes, on key frames, between them and past the last one',
    drive: drive({ name: 'motion', frames, speed: 6, yawRate: 0.1, sway: 0.03, cameras: [frontWide], tracks: motion }),
    shots: [0, 10, 14, 16, 30].map((frame) => ({ camera: frontWide.name, frame, styles: mapStyles, ...small })),
  },
  {
    name: 'box-trials',
    shows: 'boxes around, behind, beside and larger than the camera, thin, and at the limits of 122.5 m and 200 m',
    drive: drive({ name: 'box-trials', frames, speed: 0.5, cameras: [frontWide, crossLeft], tracks: trials }),
    shots: [
      { camera: frontWide.name, frame: 0, styles: mapStyles, ...small },
      { camera: crossLeft.name, frame: 30, styles: mapStyles, ...small },
    ],
  },
]
