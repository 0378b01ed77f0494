import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { RgbImage } from '@virga/scenario'
import { readPng } from '@virga/video'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openRenderDevice, renderCondition, type RenderDevice } from '../src/index.ts'
import { readReferenceFrame } from './upstream/read-frame.ts'

const root = resolve(import.meta.dirname, '../../..')
const fixtures = process.env.VIRGA_FIXTURES ?? join(root, '../shared/fixtures')
const data = process.env.VIRGA_DATA ?? join(root, '../shared/data')
const present = existsSync(join(fixtures, 'upstream-renderer')) && existsSync(join(data, 'rds_hq', 'example'))

/** Levels by which a channel may differ before its pixel counts. */
const levels = 16

/** Shares of pixels that differ: of all, and of those that are not black in both. */
function difference(ours: RgbImage, theirs: RgbImage): { all: number; lit: number } {
  let differing = 0
  let lit = 0
  for (let i = 0; i < ours.data.length; i += 3) {
    const a = ours.data.subarray(i, i + 3)
    const b = theirs.data.subarray(i, i + 3)
    if (a.some((value) => value > 0) || b.some((value) => value > 0)) lit += 1
    if (a.some((value, channel) => Math.abs(value - b[channel]) > levels)) differing += 1
  }
  return { all: differing / (ours.width * ours.height), lit: differing / lit }
}

describe.skipIf(!present)('hdmap-v1 against frames of the reference renderer (VIRGA_FIXTURES, VIRGA_DATA)', () => {
  let device: RenderDevice
  beforeAll(async () => {
    device = await openRenderDevice()
  })
  afterAll(() => {
    device.dispose()
  })

  it.each(['hdmap_camera_front_wide_120fov_000000', 'hdmap_camera_front_wide_120fov_000100', 'hdmap_camera_cross_left_120fov_000050'])(
    '%s: at most one pixel in 500, and one in 50 of those that are lit, differs by more than 16 levels',
    async (name) => {
      const { scenario, camera, picture } = readReferenceFrame(fixtures, data, name)
      const request = { camera, style: 'hdmap-v1', width: 1280, height: 720, timesUs: [0] } as const
      const frames: RgbImage[] = []
      for await (const frame of renderCondition(device, scenario, request)) frames.push(frame)
      const { all, lit } = difference(frames[0], await readPng(picture))
      expect(all).toBeLessThan(0.002)
      expect(lit).toBeLessThan(0.02)
    },
  )
})
