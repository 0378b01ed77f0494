import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { openRdsHq } from '@virga/formats'
import { fthetaFromIntrinsics, identityPose, type Scenario, type Vec3 } from '@virga/scenario'
import { readPng } from '@virga/video'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { drawReference } from './reference/draw-reference.ts'
import { applyInverse, boxCorners, type Frame, type Mat } from './reference/frame.ts'
import { drawHdmap } from './reference/hdmap/draw-hdmap.ts'
import { lensOf } from './reference/camera/lens.ts'
import { resizeHeightLanczos4 } from './reference/raster/lanczos.ts'
import { compare } from './run/compare.ts'
import { cameraOf, timeOf } from './run/open-scene.ts'

const workspace = resolve(import.meta.dirname, '..', '..')
const pictures = join(process.env.VIRGA_FIXTURES ?? join(workspace, '../shared/fixtures'), 'upstream-renderer')
const data = join(process.env.VIRGA_DATA ?? join(workspace, '../shared/data'), 'rds_hq')
const present = existsSync(pictures) && existsSync(data)
/** The clip that the fixtures' make_clip.py makes, where someone made it. */
const clip = process.env.VIRGA_CLIP
const [width, height] = [1280, 720]

const matrix = z.array(z.array(z.number()))
const frameSchema = z.object({
  camera: z.string(),
  ftheta_intrinsic_stored: z.object({ values: z.array(z.number()) }),
  camera_to_world: matrix,
  objects_used: z.object({
    tracks: z.record(
      z.string(),
      z.object({ object_to_world: matrix, object_lwh: z.tuple([z.number(), z.number(), z.number()]), object_type: z.string() }),
    ),
  }),
})
const flat = (rows: readonly (readonly number[])[]): Mat => rows.flat().slice(0, 12)

/** The frame as the fixture states it: its own pose and boxes over the clip's map. */
function statedFrame(scenario: Scenario, name: string): Frame {
  const stated = frameSchema.parse(JSON.parse(readFileSync(join(pictures, `${name}.json`), 'utf8')))
  const camera = { name: stated.camera, ...fthetaFromIntrinsics(stated.ftheta_intrinsic_stored.values), camera_to_vehicle: identityPose }
  const camera_to_world = flat(stated.camera_to_world)
  return {
    width,
    height,
    timeUs: 0,
    lens: lensOf(camera, width, height),
    planar: false,
    toCamera: (point: Vec3) => applyInverse(camera_to_world, point),
    camera_to_world,
    firstCamera_to_world: camera_to_world,
    map: scenario.map,
    boxes: Object.entries(stated.objects_used.tracks).map(([id, { object_to_world, object_lwh, object_type }]) => ({
      id,
      class: object_type,
      sourceCategory: object_type,
      corners: boxCorners(flat(object_to_world), object_lwh),
    })),
  }
}

const frames = [
  ['camera_front_wide_120fov', 0],
  ['camera_front_wide_120fov', 100],
  ['camera_cross_left_120fov', 50],
] as const
const nameOf = (style: string, camera: string, frame: number): string => `${style}_${camera}_${String(frame).padStart(6, '0')}`

describe.skipIf(!present)('the reference renderer against frames of the original (VIRGA_FIXTURES, VIRGA_DATA)', () => {
  it.each(frames)('hdmap-v1, %s, frame %i: a pixel in ten thousand differs at all', async (camera, frame) => {
    const name = nameOf('hdmap', camera, frame)
    const { anyLevel } = compare(drawHdmap(statedFrame(await openRdsHq(data), name)), await readPng(join(pictures, `${name}_drawn.png`)))
    expect(anyLevel).toBeLessThan(20)
  })

  it.each(frames)('Lanczos4 takes %s, frame %i, from 720 to 704 rows as OpenCV does, byte by byte', async (camera, frame) => {
    const name = join(pictures, nameOf('hdmap', camera, frame))
    const squeezed = resizeHeightLanczos4(await readPng(`${name}_drawn.png`), 704)
    expect(compare(squeezed, await readPng(`${name}.png`)).anyLevel).toBe(0)
  })
})

describe.skipIf(!present || clip === undefined)('the reference renderer on the whole clip, read as RDS-HQ (VIRGA_CLIP)', () => {
  it.each([...frames.map((frame) => ['hdmap', ...frame] as const), ['lidar', 'camera_front_wide_120fov', 100] as const])(
    '%s, %s, frame %i: a pixel in ten thousand differs at all',
    async (style, camera, frame) => {
      const scenario = await openRdsHq(clip ?? '')
      const timeUs = timeOf(scenario, frame)
      const request = { style: `${style}-v1` as const, camera: cameraOf(scenario, { camera }), timeUs, width, height }
      const want = await readPng(join(pictures, `${nameOf(style, camera, frame)}_drawn.png`))
      expect(compare(await drawReference(scenario, request), want).anyLevel).toBeLessThan(40)
    },
  )
})
