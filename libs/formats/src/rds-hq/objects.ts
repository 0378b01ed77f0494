import type { ErrorPlace } from '@virga/errors'
import type { Pose, Vec3 } from '@virga/scenario'
import { failAt } from './fail.ts'
import { isObject, own, parseJson, shown } from './json.ts'
import { limits } from './limits.ts'
import { poseOfJson } from './matrix.ts'

/** A box of one track in one key frame. */
export interface Observation {
  readonly frame: number
  readonly object_to_world: Pose
  /** Full length, width, height, metres. */
  readonly size: Vec3
  readonly moving: boolean
  readonly type: string
}

/** Parses one `all_object_info.json`: boxes by track id. @throws VirgaError VIRGA_BAD_INPUT naming member, track and field */
export function parseObjects(bytes: Uint8Array, frame: number, place: ErrorPlace): Map<string, Observation> {
  const json = parseJson(bytes, place)
  if (!isObject(json)) return failAt(place)(`boxes are ${shown(json)}`, undefined, 'an object with a box for every track id')
  const entries = Object.entries(json)
  if (entries.length > limits.objects) failAt(place)(`${entries.length} objects`, undefined, `at most ${limits.objects}`)
  return new Map(
    entries.map(([id, box]) => {
      const fail = failAt({ ...place, record: `${place.record ?? ''}, track ${id.slice(0, 80)}` })
      if (!isObject(box)) return fail(`box is ${shown(box)}`, undefined, 'an object')
      const [moving, type, lwh] = ['object_is_moving', 'object_type', 'object_lwh'].map((key) => own(box, key))
      if (typeof moving !== 'boolean') fail(`is ${shown(moving)}`, 'object_is_moving', 'true or false')
      if (typeof type !== 'string') fail(`is ${shown(type)}`, 'object_type', 'a word')
      const isSize =
        Array.isArray(lwh) && lwh.length === 3 && lwh.every((side) => typeof side === 'number' && side >= 0 && side <= limits.boxSide)
      if (!isSize)
        fail(`is ${shown(lwh)} (${String(lwh).slice(0, 60)})`, 'object_lwh', `length, width, height from 0 to ${limits.boxSide} m`)
      const size = lwh as [number, number, number]
      const object_to_world = poseOfJson(own(box, 'object_to_world'), fail, 'object_to_world')
      return [id, { frame, object_to_world, size, moving: moving as boolean, type: type as string }]
    }),
  )
}
