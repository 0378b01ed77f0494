import { quatFromRollPitchYaw, yawOfQuat } from '@virga/scenario'
import { describe, expect, it } from 'vitest'
import type { Observation } from './objects.ts'
import { steady } from './steady.ts'

const seen = (frame: number, yaw: number, x: number, moving = false, length = 4): Observation => ({
  frame,
  object_to_world: { rotation: quatFromRollPitchYaw(0, 0, yaw), translation: [x, 0, 1] },
  size: [length, 2, 1.5],
  moving,
  type: 'Car',
})

describe('steady', () => {
  it('averages what stands still and leaves what moves', () => {
    const [a, b, c] = steady([seen(0, 0.1, 10, false, 4), seen(3, -0.1, 12, false, 5), seen(6, 0.3, 15, true)])
    expect(a.object_to_world).toEqual(b.object_to_world)
    expect(yawOfQuat(a.object_to_world.rotation)).toBeCloseTo(0, 12)
    expect(a.object_to_world.translation).toEqual([11, 0, 1])
    expect([a.size, b.size]).toEqual([[4.5, 2, 1.5], [4.5, 2, 1.5]]) // prettier-ignore
    expect(c).toEqual(seen(6, 0.3, 15, true))
  })

  it('takes pose from the headings that agree with the mean, size from all', () => {
    const [first] = steady([seen(0, 0, 10), seen(3, 0, 10), seen(6, 0, 10), seen(9, Math.PI, 99, false, 8)])
    expect(first.object_to_world.translation).toEqual([10, 0, 1])
    expect(first.size).toEqual([5, 2, 1.5])
    // 45 degrees off the mean of the others is cos 0.7071, and stays; 46 degrees goes.
    const many = Array.from({ length: 1000 }, (_, i) => seen(3 * i, 0, 0))
    expect(steady([...many, seen(9000, Math.PI / 4, 1000)])[0].object_to_world.translation[0]).toBeCloseTo(1000 / 1001, 9)
    expect(steady([...many, seen(9000, (46 * Math.PI) / 180, 1000)])[0].object_to_world.translation[0]).toBe(0)
  })

  it('leaves a track without a mean heading', () => {
    const opposite = [seen(0, 0, 10), seen(3, Math.PI, 12)]
    expect(steady(opposite)).toEqual(opposite)
  })
})
