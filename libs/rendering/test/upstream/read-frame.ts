import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  buildTrajectory,
  type Camera,
  fthetaFromIntrinsics,
  identityPose,
  type MapElement,
  mat4ToPose,
  type ObjectClass,
  type Pose,
  scaleCamera,
  type Scenario,
  type Track,
} from '@virga/scenario'
import { z } from 'zod'
import { tarText } from './tar.ts'

const matrix = z.array(z.array(z.number()))
const frameSchema = z.object({
  camera: z.string(),
  camera_to_world: matrix,
  ftheta_intrinsic_stored: z.object({ values: z.array(z.number()) }),
  objects_used: z.object({
    tracks: z.record(z.string(), z.object({ object_to_world: matrix, object_lwh: z.array(z.number()), object_type: z.string() })),
  }),
})
const vertices = z.object({ vertices: z.array(z.array(z.number())) })
const shape = z.object({ polyline3d: vertices.optional(), surface: vertices.optional(), cuboid3d: vertices.optional() })
const layerSchema = z.object({ labels: z.array(z.object({ labelData: z.object({ shape3d: shape.optional() }) })) })

/** Types as the reference frames list them, after its class map. */
const classes: Record<string, ObjectClass> = { Car: 'car', Truck: 'truck', Pedestrian: 'pedestrian', Cyclist: 'rider', Others: 'other' }

const layers = {
  lanelines: (id, line) => ({ id, kind: 'lane-line', line, colour: 'white', pattern: 'solid' }),
  road_boundaries: (id, line) => ({ id, kind: 'road-boundary', line }),
  wait_lines: (id, line) => ({ id, kind: 'wait-line', line }),
  poles: (id, line) => ({ id, kind: 'pole', line }),
  crosswalks: (id, ring) => ({ id, kind: 'crosswalk', ring }),
  road_markings: (id, ring) => ({ id, kind: 'road-marking', ring }),
  traffic_signs: (id, corners) => ({ id, kind: 'traffic-sign', corners }),
  traffic_lights: (id, corners) => ({ id, kind: 'traffic-light', corners }),
} as const satisfies Record<string, (id: string, points: Float64Array) => MapElement>

export interface ReferenceFrame {
  readonly scenario: Scenario
  /** Scaled to 1280x720. */
  readonly camera: Camera
  /** The reference's own picture, 1280x720. */
  readonly picture: string
}

/** The scenario of one reference frame: the clip's map, the frame's camera pose and its boxes, at time 0. */
export function readReferenceFrame(fixtures: string, data: string, name: string): ReferenceFrame {
  const folder = join(fixtures, 'upstream-renderer')
  const frame = frameSchema.parse(JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')))
  const { values } = frame.ftheta_intrinsic_stored
  const native: Camera = { name: frame.camera, ...fthetaFromIntrinsics(values), camera_to_vehicle: identityPose }
  const pose = (m: number[][]): Pose => mat4ToPose(m.flat())
  const tracks = Object.entries(frame.objects_used.tracks).map(([id, object]): Track => {
    const { rotation, translation } = pose(object.object_to_world)
    const trajectory = buildTrajectory({ timesUs: [0], translations: translation, rotations: rotation })
    const kind = classes[object.object_type]
    return { id, class: kind, sourceCategory: object.object_type, trajectory, sizes: Float64Array.from(object.object_lwh) }
  })
  const camera_to_world = pose(frame.camera_to_world)
  return {
    scenario: {
      id: name,
      origin: { format: 'rds-hq', uri: folder },
      startUs: 0,
      endUs: 0,
      rig: { cameras: [native], lidars: [] },
      ego: buildTrajectory({ timesUs: [0], translations: camera_to_world.translation, rotations: camera_to_world.rotation }),
      map: readMap(join(data, 'rds_hq', 'example')),
      tracks,
      sweeps: [],
      images: new Map(),
      missing: [],
    },
    camera: scaleCamera(native, 1280, 720),
    picture: join(folder, `${name}_drawn.png`),
  }
}

/** The map of a clip in RDS-HQ layout, as far as hdmap-v1 draws it. */
export function readMap(clip: string): MapElement[] {
  return Object.entries(layers).flatMap(([layer, element]) => {
    const folder = join(clip, `3d_${layer}`)
    if (!existsSync(folder)) return []
    const [tar] = readdirSync(folder)
    const { labels } = layerSchema.parse(JSON.parse(tarText(join(folder, tar), `.${layer}.json`)))
    return labels.flatMap(({ labelData: { shape3d } }, i) => {
      const points = (shape3d?.polyline3d ?? shape3d?.surface ?? shape3d?.cuboid3d)?.vertices
      return points === undefined ? [] : [element(`${layer}-${i}`, Float64Array.from(points.flat()))]
    })
  })
}
