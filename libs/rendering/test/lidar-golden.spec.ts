import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { RgbImage } from '@virga/scenario'
import { readPng } from '@virga/video'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openRenderDevice, renderCondition, type RenderDevice } from '../src/index.ts'
import { pointStyle } from '../src/lidar/point-style.ts'
import { lidarV1Description } from '../src/styles/lidar-v1.ts'
import { python, readReferenceSweeps, type ReferenceSweeps } from './lidar-golden/read-frame.ts'

const root = resolve(import.meta.dirname, '../../..')
const fixtures = process.env.VIRGA_FIXTURES ?? join(root, '../shared/fixtures')
const data = process.env.VIRGA_DATA ?? join(root, '../shared/data')
const present = existsSync(join(fixtures, 'upstream-renderer')) && existsSync(join(data, 'rds_hq', 'example'))
const why = 'VIRGA_FIXTURES, VIRGA_DATA and a Python with numpy: VIRGA_PYTHON'

/** Mean absolute difference over pixels in levels, and the numbers of pixels that differ, and that differ by more than 16 levels. */
function difference(ours: RgbImage, theirs: RgbImage): { mean: number; any: number; beyond16: number } {
  expect([ours.width, ours.height]).toEqual([theirs.width, theirs.height])
  let [sum, any, beyond16] = [0, 0, 0]
  for (let i = 0; i < ours.data.length; i += 3) {
    const off = Math.max(...[0, 1, 2].map((channel) => Math.abs(ours.data[i + channel] - theirs.data[i + channel])))
    sum += off
    if (off > 0) any += 1
    if (off > 16) beyond16 += 1
  }
  return { mean: sum / (ours.width * ours.height), any, beyond16 }
}

describe.skipIf(!present || python === undefined)(`lidar-v1 against a frame of the reference renderer (${why})`, () => {
  let device: RenderDevice
  let reference: ReferenceSweeps
  beforeAll(async () => {
    device = await openRenderDevice()
    reference = readReferenceSweeps(python as string, fixtures, data, 'lidar_camera_front_wide_120fov_000100')
  }, 60_000)
  afterAll(() => {
    device.dispose()
  })

  async function draw(engine: 'arrays' | 'compute', height = 720): Promise<RgbImage> {
    const { scenario, camera, timeUs } = reference
    const style = pointStyle(lidarV1Description, engine)
    const request = { camera, style, width: 1280, height, timesUs: [timeUs], chain: 'resize' } as const
    const frames: RgbImage[] = []
    for await (const frame of renderCondition(device, scenario, request)) frames.push(frame)
    return frames[0]
  }

  // The fixture asks for at most 1 % of pixels off by more than 16 levels and a mean difference below 1 level.
  it('arrays: no pixel is off by more than 16 levels, and at most one in 10,000 at all', async () => {
    const { mean, beyond16, any } = difference(await draw('arrays'), await readPng(reference.drawn))
    expect(beyond16).toBe(0)
    expect(any).toBeLessThan(92)
    expect(mean).toBeLessThan(0.001)
  })

  it('resized to 1280x704: the same', async () => {
    const { mean, beyond16, any } = difference(await draw('arrays', 704), await readPng(reference.resized))
    expect(beyond16).toBe(0)
    expect(any).toBeLessThan(180)
    expect(mean).toBeLessThan(0.001)
  })

  // In float32 a few of 157,000 points fall into the next pixel, and their splats end a pixel further.
  it('compute passes: at most one pixel in 10,000 is off by more than 16 levels, one in 1,000 at all', async () => {
    const { mean, beyond16, any } = difference(await draw('compute'), await readPng(reference.drawn))
    expect(beyond16).toBeLessThan(92)
    expect(any).toBeLessThan(922)
    expect(mean).toBeLessThan(0.005)
  })
})
