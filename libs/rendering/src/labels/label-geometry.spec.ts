import { segClassId } from '@virga/scenario'
import { describe, expect, it } from 'vitest'
import { boxFaces } from './label-frame.ts'
import { upMetres, withThings } from './label-geometry.ts'
import type { DrawnLabels } from './label-renderer.ts'

const [width, height] = [3, 4]
const none = 0

/** Looks along world x from 2 m above flat ground; rows rise 0.3 m a metre (0.6, 0.3, 0, -0.3), columns straight ahead. */
function drawn(classes: readonly number[], depth: readonly number[], tracks = new Uint16Array(12)): DrawnLabels {
  const rays = new Float32Array(width * height * 4)
  for (let at = 0; at < 12; at++) rays.set([0, -0.6 + 0.3 * Math.floor(at / width), 1, 1], 4 * at)
  const frame = {
    ...{ width, height, timeUs: 0, tracks },
    classes: Uint8Array.from(classes),
    depth: Float32Array.from(depth),
    up: new Uint8Array(12).fill(7),
    faces: new Uint8Array(12),
    across: new Uint8Array(12),
  }
  return {
    frame,
    rays,
    behind: new Uint8Array(12).fill(segClassId.road),
    through: new Uint8Array(12).fill(16),
    // Camera z is world x, camera x is world -y, camera y is world -z.
    camera_to_world: { rotation: [0.5, -0.5, 0.5, -0.5], translation: [0, 0, 2] },
    ground: { west: -64, south: -64, spacing: 64, cells: 2, heights: new Float64Array(9) },
  }
}

const { sky, road, vehicle, pole, building } = segClassId
const scene = [...[sky, sky, sky], ...[sky, sky, sky], ...[road, vehicle, pole], ...[road, road, road]]
const labelled = [...[0, 0, 0], ...[0, 0, 0], ...[50, 20, 20], ...[20 / 3, 20 / 3, 20 / 3]]
const heightOf = (up: number): number => (up / 255) * upMetres

describe('label geometry', () => {
  it('without LiDAR is the labels, with the height of poles', () => {
    const tracks = new Uint16Array(12)
    tracks[7] = 1
    const input = drawn(scene, labelled, tracks)
    const out = withThings(input, undefined)
    expect(out.classes).toEqual(input.frame.classes)
    expect(out.up[7]).toBe(7)
    expect(heightOf(out.up[8])).toBeCloseTo(2, 1)
    expect(out.depth).toBe(input.frame.depth)
  })

  it('calls what only LiDAR shows building, by its height; the road stays', () => {
    const dense = Float32Array.from(labelled)
    dense[3] = 10
    dense[9] = 6.6
    const out = withThings(drawn(scene, labelled), dense)
    expect(out.classes[3]).toBe(building)
    expect(heightOf(out.up[3])).toBeCloseTo(2 + 0.3 * 10, 1)
    expect(out.classes[9]).toBe(road)
    expect(out.classes[0]).toBe(sky)
  })

  it('marks the sky above a thing that reaches the upper end of the LiDAR, and only there', () => {
    const dense = Float32Array.from(labelled)
    dense[3] = 10
    dense[6] = 20
    const out = withThings(drawn(scene, labelled), dense)
    expect(boxFaces[out.faces[0]]).toBe('carried-up')
    expect([out.classes[0], out.depth[0], out.faces[1]]).toEqual([sky, 0, none])
  })

  it('hides a labelled box behind what LiDAR sees before it, not one whose returns are its own', () => {
    const tracks = new Uint16Array(12)
    tracks[7] = 1
    const before = Float32Array.from(labelled)
    before[7] = 12
    const own = Float32Array.from(labelled)
    own[7] = 19
    const hidden = withThings(drawn(scene, labelled, tracks), before)
    expect([hidden.classes[7], hidden.tracks[7]]).toEqual([building, none])
    const seen = withThings(drawn(scene, labelled, tracks), own)
    expect([seen.classes[7], seen.tracks[7], seen.up[7]]).toEqual([vehicle, 1, 7])
  })

  it('shows what lies behind a box where LiDAR sees through it', () => {
    const tracks = new Uint16Array(12)
    tracks[7] = 1
    // The box begins at 20 m and is 2 m thick; beyond it the ray of this row meets nothing but a wall.
    const within = Float32Array.from(labelled)
    within[7] = 22
    expect(withThings(drawn(scene, labelled, tracks), within).tracks[7]).toBe(1)
    const past = Float32Array.from(labelled)
    past[7] = 30
    const wall = withThings(drawn(scene, labelled, tracks), past)
    expect([wall.classes[7], wall.tracks[7], heightOf(wall.up[7])]).toEqual([building, none, expect.closeTo(2, 1) as number])
    const tracksBelow = new Uint16Array(12)
    tracksBelow[9] = 1
    const onRoad = [...scene.slice(0, 9), vehicle, road, road]
    const nearBox = [...labelled.slice(0, 9), 4, 20 / 3, 20 / 3]
    const seen = withThings(
      drawn(onRoad, nearBox, tracksBelow),
      Float32Array.from(nearBox, (z, at) => (at === 9 ? 20 / 3 : z)),
    )
    expect([seen.classes[9], seen.tracks[9], seen.up[9]]).toEqual([road, none, none])
  })
})
