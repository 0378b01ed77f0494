import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { RgbImage } from '@virga/scenario'
import { readPng } from '@virga/video'
import { describe, expect, it } from 'vitest'
import { type Chain, renderCondition } from '../src/index.ts'
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

const names = ['hdmap_camera_front_wide_120fov_000000', 'hdmap_camera_front_wide_120fov_000100', 'hdmap_camera_cross_left_120fov_000050']

async function draw(name: string, height: number, chain: Chain): Promise<RgbImage> {
  const { scenario, camera } = readReferenceFrame(fixtures, data, name)
  const frames: RgbImage[] = []
  const request = { camera, style: 'hdmap-v1', width: 1280, height, timesUs: [0], chain }
  for await (const frame of renderCondition(undefined, scenario, request)) frames.push(frame)
  return frames[0]
}

describe.skipIf(!present)('hdmap-v1 against frames of the reference renderer (VIRGA_FIXTURES, VIRGA_DATA)', () => {
  it.each(names)('%s as drawn: at most one pixel in 100,000 differs by more than 16 levels', async (name) => {
    const { picture } = readReferenceFrame(fixtures, data, name)
    const { all, lit } = difference(await draw(name, 720, 'direct'), await readPng(picture))
    expect(all).toBeLessThan(1e-5)
    expect(lit).toBeLessThan(1e-4)
  })

  it.each(names)('%s resized to 1280x704: the same', async (name) => {
    const { picture } = readReferenceFrame(fixtures, data, name)
    const { all, lit } = difference(await draw(name, 704, 'resize'), await readPng(picture.replace('_drawn', '')))
    expect(all).toBeLessThan(1e-5)
    expect(lit).toBeLessThan(1e-4)
  })

  it.each(names)('%s cut to 1280x704: rows 8 to 711 of what is drawn', async (name) => {
    const whole = await draw(name, 720, 'direct')
    const cut = await draw(name, 704, 'crop')
    expect(cut.height).toBe(704)
    expect(Buffer.from(cut.data).equals(Buffer.from(whole.data.subarray(8 * 1280 * 3, 712 * 1280 * 3)))).toBe(true)
  })
})
