import { boxFaces } from '@virga/rendering'
import { segClassId } from '@virga/scenario'
import { expect, it } from 'vitest'
import { paintClasses, paintGeometry } from './paint-geometry.ts'

const { sky, building, vehicle } = segClassId
const face = (name: (typeof boxFaces)[number]): number => boxFaces.indexOf(name)

// The same picture as in apps/world-model/tests/training/test_relight.py, which states the same results.
it('tells sides of vehicles apart and carries things up their column', () => {
  const { depth, seg, up, across, classNames } = paintGeometry(
    {
      classes: Uint8Array.of(sky, sky, sky, sky, building, vehicle),
      faces: Uint8Array.of(face('carried-up'), 0, face('carried-up'), 0, 0, face('front')),
      depth: Float32Array.of(0, 0, 0, 0, 12, 8),
      up: Uint8Array.of(0, 0, 0, 0, 51, 255),
      across: Uint8Array.of(0, 0, 0, 0, 0, 255),
    },
    2,
  )
  expect(classNames).toBe(paintClasses)
  expect(Array.from(seg, (id) => paintClasses[id])).toEqual(['carried-up', 'sky', 'carried-up', 'sky', 'building', 'vehicle-front'])
  expect(depth).toEqual(Float32Array.of(12, 0, 12, 0, 12, 8))
  expect(up).toEqual(Float32Array.of(0.2, 0, 0.2, 0, 0.2, 1))
  expect(across).toEqual(Float32Array.of(0, 0, 0, 0, 0, 1))
})

it('side faces stay vehicles, and pedestrians have no sides', () => {
  const one = (id: number, name: (typeof boxFaces)[number]): string => {
    const plane = Uint8Array.of(100)
    const geometry = { classes: Uint8Array.of(id), faces: Uint8Array.of(face(name)), depth: Float32Array.of(5), up: plane, across: plane }
    return paintClasses[paintGeometry(geometry, 1).seg[0]]
  }
  expect([one(vehicle, 'left'), one(vehicle, 'back'), one(vehicle, 'top')]).toEqual(['vehicle', 'vehicle-back', 'vehicle-top'])
  expect(one(segClassId.pedestrian, 'front')).toBe('pedestrian')
})
