import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RgbImage } from '@virga/scenario'
import { segClassId } from '@virga/scenario'
import { createVideo, writePng } from '@virga/video'
import { describe, expect, it } from 'vitest'
import { parseControlMap } from './load.ts'
import { openControlMap } from './open-control-map.ts'
import type { ControlMapScene, PixelLabels } from './scene.ts'

const [width, height] = [32, 16]
const scene = { controls: ['edge', 'hdmap'], frames: 3, fps: 10, width, height, file: 'map.yaml' }

/** Sky above, road below, a vehicle of track 2 that moves right, and a lane line at column 4; the ground lies farther the higher it is. */
function labelFrame(frame: number): PixelLabels {
  const classes = new Uint8Array(width * height)
  const tracks = new Uint16Array(width * height)
  const depth = new Float32Array(width * height)
  for (let i = 0; i < classes.length; i++) {
    const [x, y] = [i % width, Math.floor(i / width)]
    if (y < 8) continue
    const isVehicle = y < 12 && x >= 10 + frame && x < 14 + frame
    classes[i] = segClassId[isVehicle ? 'vehicle' : x === 4 ? 'lane-line' : 'road']
    tracks[i] = isVehicle ? 2 : 0
    depth[i] = 100 / (y - 7)
  }
  return { width, height, classes, tracks, depth }
}

const labels = async function* () {
  for (let frame = 0; frame < 3; frame++) yield labelFrame(frame)
}
const drive: ControlMapScene = {
  ...scene,
  labels,
  tracks: [
    { id: 'walker', class: 'pedestrian' },
    { id: 'car-7', class: 'car' },
  ],
}

async function planes(body: string, over: ControlMapScene = drive): Promise<{ frames: Float32Array[][]; notes: string[] }> {
  const { spec } = await parseControlMap(`schema: virga.control-map/1\n${body}`, 'map.yaml', '.')
  const stream = await openControlMap(spec, over)
  const frames: Float32Array[][] = []
  for await (const frame of stream) frames.push(frame)
  return { frames, notes: stream.notes() }
}

/** One mask, as edge's weight 1. */
const maskOf = async (mask: string, over?: ControlMapScene) =>
  (await planes(`controls: { edge: { rules: [{ weight: 1, mask: ${mask} }] } }`, over)).frames.map(([edge]) => edge)

const covered = (plane: Float32Array): number[] => Array.from(plane.keys()).filter((i) => plane[i] > 0)
const where = (test: (x: number, y: number) => boolean): number[] =>
  Array.from({ length: width * height }, (_, i) => i).filter((i) => test(i % width, Math.floor(i / width)))

describe('control maps over a drive', () => {
  it('lane lines and vehicles edge 0.5, hdmap 1, sky nothing', async () => {
    const { frames, notes } = await planes(`
controls:
  hdmap: 1
  edge: { rules: [{ weight: 0.5, mask: { class: [lane-line, vehicle] } }] }
finally:
  - { weight: 0, mask: { class: sky } }`)
    frames.forEach(([edge, hdmap], t) => {
      for (let i = 0; i < edge.length; i++) {
        const [x, y] = [i % width, Math.floor(i / width)]
        const isDrawn = y >= 8 && (x === 4 || (y < 12 && x >= 10 + t && x < 14 + t))
        expect([edge[i], hdmap[i]]).toEqual(y < 8 ? [0, 0] : [isDrawn ? 0.5 : 0, 1])
      }
    })
    expect(notes).toEqual([])
  })

  it('one track, and a class of objects', async () => {
    const byTrack = await maskOf('{ track: car-7 }')
    expect(covered(byTrack[2])).toEqual(where((x, y) => y >= 8 && y < 12 && x >= 12 && x < 16))
    expect(await maskOf('{ object: car }')).toEqual(byTrack)
  })

  it('a band of distance with soft edges; what is not hit is infinitely far', async () => {
    const [band] = await maskOf('{ distance: { from: 20, to: 30, soft: 20 } }')
    // 100, 50, 33.3, 25, 20, 16.7, 14.3, 12.5 m from row 8 on
    const column = Array.from({ length: 16 }, (_, y) => band[y * width])
    expect(column.slice(0, 8)).toEqual(Array.from({ length: 8 }, () => 0))
    ;[0, 0, 1 - 3.333 / 20, 1, 1, 1 - 3.333 / 20, 1 - 5.714 / 20, 1 - 7.5 / 20].forEach((expected, i) =>
      expect(column[8 + i]).toBeCloseTo(expected, 2),
    )
    const [far] = await maskOf('{ distance: { from: 30 } }')
    expect(covered(far)).toEqual(where((_, y) => y < 11))
  })

  it('any, all, not, named masks', async () => {
    const { frames } = await planes(`
masks:
  ground: { not: { class: sky } }
  near: { distance: { to: 21 } }
controls:
  edge: { rules: [{ weight: 1, mask: { all: [ground, near, { not: { any: [{ class: lane-line }, { class: vehicle }] } }] } }] }`)
    expect(covered(frames[0][0])).toEqual(where((x, y) => y >= 12 && x !== 4))
  })

  it('pixels of grow are those of the width that the document is written for', async () => {
    const { frames } = await planes('forWidth: 16\ncontrols: { edge: { rules: [{ weight: 1, mask: { class: lane-line, grow: 1 } }] } }')
    expect(covered(frames[0][0]).filter((i) => Math.floor(i / width) === 12)).toEqual([2, 3, 4, 5, 6].map((x) => 12 * width + x))
  })

  it('schedules', async () => {
    const { frames } = await planes('controls: { edge: { keys: [{ seconds: 0, weight: 0 }, { seconds: 0.2, weight: 0.5 }] } }')
    expect(frames.map(([edge]) => edge[0])).toEqual([0, 0.25, 0.5])
  })

  it('says what it leaves out and which masks never cover anything', async () => {
    const { notes } = await planes('controls: { edge: { rules: [{ weight: 1, mask: { class: building } }] } }')
    expect(notes).toEqual(['control hdmap is not in the map: weight 0', 'mask controls.edge.rules[0].mask covers no pixel of any frame'])
  })

  it.each([
    ['controls: { seg: 1 }', 'controls.seg', 'one of: edge, hdmap'],
    ['controls: { edge: { rules: [{ weight: 1, mask: { track: car-6 } }] } }', 'controls.edge.rules[0].mask.track', 'near it: car-7'],
    ['controls: { edge: { rules: [{ weight: 1, mask: { ownVehicle: true } }] } }', 'controls.edge.rules[0].mask.ownVehicle', 'image: FILE'],
    ['controls: { edge: { tensor: w.pt } }', 'controls.edge.rules[0].weight', 'numbers and masks'],
  ])('refuses %s', async (body, field, expected) => {
    await expect(planes(body)).rejects.toMatchObject({
      code: 'VIRGA_BAD_INPUT',
      place: { field, expected: expect.stringContaining(expected) as string },
    })
  })

  it('passes over a control that is not in use and says 0', async () => {
    expect((await planes('controls: { seg: 0, edge: 1, hdmap: 1 }')).notes).toEqual([])
  })

  it('refuses masks of a drive where there is none, and labels that end early', async () => {
    await expect(maskOf('{ class: sky }', scene)).rejects.toMatchObject({ place: { field: 'controls.edge.rules[0].mask.class' } })
    const short = { ...drive, frames: 4 }
    await expect(maskOf('{ class: sky }', short)).rejects.toThrow('labels end before frame 3')
  })
})

describe('masks from pictures', () => {
  const folder = mkdtempSync(join(tmpdir(), 'virga-masks-'))
  const grey = (w: number, h: number, level: (x: number, y: number) => number): RgbImage => ({
    width: w,
    height: h,
    data: Uint8Array.from({ length: w * h * 3 }, (_, i) => level(Math.floor(i / 3) % w, Math.floor(i / 3 / w))),
  })
  const here = { ...scene, folder }

  it('one image for all frames, stretched', async () => {
    await writePng(
      join(folder, 'left.png'),
      grey(8, 4, (x) => (x < 4 ? 255 : 51)),
    )
    const frames = await maskOf('{ image: { file: left.png, fit: nearest } }', here)
    expect(frames).toHaveLength(3)
    expect([frames[2][0], frames[2][31]]).toEqual([1, Math.fround(0.2)])
    expect((await maskOf('{ image: { file: left.png, fit: nearest, threshold: 0.5 } }', here))[0][31]).toBe(0)
  })

  it('one image per frame; a missing one is named', async () => {
    for (const t of [0, 1])
      await writePng(
        join(folder, `m_00${t}.png`),
        grey(width, height, (x) => (x === t ? 255 : 0)),
      )
    await expect(maskOf('{ image: m_%03d.png }', here)).rejects.toMatchObject({
      place: { file: join(folder, 'm_002.png') },
      message: expect.stringContaining('frame 2') as string,
    })
    const frames = await maskOf('{ image: m_%03d.png }', { ...here, frames: 2 })
    expect(frames.map((plane) => covered(plane)[0])).toEqual([0, 1])
  })

  it('a video: exact, held and stretched', async () => {
    const file = join(folder, 'mask.mp4')
    const sink = await createVideo(file, { width, height, fps: 10, crf: 1 })
    for (const level of [0, 128, 255]) await sink.write(grey(width, height, () => level))
    await sink.finish()
    const levels = async (source: string, frames: number) =>
      (await maskOf(source, { ...here, frames })).map((plane) => Math.round(plane[40] * 255))
    const close = (actual: number[], expected: number[]) =>
      actual.forEach((level, i) => expect(Math.abs(level - expected[i])).toBeLessThan(4))
    close(await levels('{ video: mask.mp4 }', 3), [0, 128, 255])
    close(await levels('{ video: { file: mask.mp4, length: hold } }', 5), [0, 128, 255, 255, 255])
    close(await levels('{ video: { file: mask.mp4, length: stretch } }', 6), [0, 32, 96, 160, 223, 255])
    await expect(levels('{ video: mask.mp4 }', 4)).rejects.toMatchObject({
      place: { file, expected: expect.stringContaining('at least 4') as string },
    })
  })
})
