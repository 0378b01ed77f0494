import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Pose } from '@virga/scenario'
import { namesIn } from '../argoverse2/files.ts'
import { failAt } from './fail.ts'
import { isObject, own, parseJson, shown } from './json.ts'
import { poseOfJson } from './matrix.ts'

/** A camera's place on the vehicle from a file beside a clip without camera poses. */
export interface ExtrinsicEstimate {
  readonly file: string
  readonly camera_to_vehicle: Pose
}

/**
 * Reads the files `*<camera>*_extrinsic*.json` of the given folders: `camera`, and `T_rig_from_camera` as 4x4.
 *
 * @throws VirgaError VIRGA_BAD_INPUT naming the file and the field
 */
export async function readExtrinsicEstimates(places: readonly string[]): Promise<Map<string, ExtrinsicEstimate>> {
  const estimates = new Map<string, ExtrinsicEstimate>()
  for (const place of places) {
    const names = (await namesIn(place).catch(() => undefined)) ?? []
    for (const name of names.filter((one) => /camera_.*_extrinsic.*\.json$/.test(one) && !one.startsWith('.'))) {
      const file = join(place, name)
      const fail = failAt({ file })
      const json = parseJson(await readFile(file), { file })
      if (!isObject(json)) return fail(`file holds ${shown(json)}`, undefined, 'camera and T_rig_from_camera')
      const camera = own(json, 'camera')
      if (typeof camera !== 'string') return fail(`camera is ${shown(camera)}`, 'camera', 'the name of a camera')
      const camera_to_vehicle = poseOfJson(own(json, 'T_rig_from_camera'), fail, 'T_rig_from_camera')
      if (!estimates.has(camera)) estimates.set(camera, { file, camera_to_vehicle })
    }
  }
  return estimates
}
