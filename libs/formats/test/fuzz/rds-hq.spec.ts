import { buildTrajectory } from '@virga/scenario'
import { fuzz } from '@virga/testing'
import { describe, expect, it } from 'vitest'
import { parseNpy } from '../../src/npy/parse-npy.ts'
import { failAt } from '../../src/rds-hq/fail.ts'
import { parseLabels } from '../../src/rds-hq/labels.ts'
import { parseLightStates } from '../../src/rds-hq/light-states.ts'
import { poseOfNpy } from '../../src/rds-hq/matrix.ts'
import { parseObjects } from '../../src/rds-hq/objects.ts'
import { fthetaOf, pinholeOf } from '../../src/rds-hq/read-intrinsics.ts'
import { elementsOf } from '../../src/rds-hq/read-map.ts'
import { parseSweep } from '../../src/rds-hq/read-sweeps.ts'
import { mapLayers } from '../../src/rds-hq/tables/index.ts'
import { encodeNpy } from '../../src/npy/write-npy.ts'
import { fthetaVector, smallClip } from '../small-clip.ts'

const place = { file: 'x.tar', record: 'x' }
const clip = smallClip()
const membersOf = (folder: string): Uint8Array[] => [...(clip.tars.get(folder)?.values() ?? [])].map((content) => Buffer.from(content))

/** Half of the runs of one target in one test; a run that is always accepted, or never, has tried nothing. */
async function run(name: string, seedInputs: readonly Uint8Array[], target: (bytes: Uint8Array) => unknown): Promise<void> {
  const { accepted, refused } = await fuzz({ name, seedInputs, target, maxRssGrowthMib: 200 })
  expect(Math.min(accepted, refused), `${accepted} accepted, ${refused} refused`).toBeGreaterThan(100)
}

describe('mutated input makes a VirgaError or is read', () => {
  it.each(mapLayers.map((layer) => [layer.folder, layer] as const))('%s', async (folder, layer) => {
    await run(folder, membersOf(folder), (bytes) => elementsOf(parseLabels(bytes, place), layer))
  })

  it('all_object_info', async () => {
    await run('all_object_info', membersOf('all_object_info'), (bytes) => parseObjects(bytes, 3, place))
  })

  it('aggregated_states', async () => {
    await run('aggregated_states', membersOf('3d_traffic_lights_status'), (bytes) => parseLightStates(bytes, place))
  })

  it('poses', async () => {
    await run('poses', [...membersOf('pose').slice(0, 2), ...membersOf('vehicle_pose').slice(0, 2)], (bytes) => poseOfNpy(bytes, place))
  })

  it('f-theta intrinsics', async () => {
    const seeds = [encodeNpy([11], Float64Array.from(fthetaVector)), encodeNpy([14], Float64Array.from([...fthetaVector, 1, 0, 0]))]
    await run('ftheta', seeds, (bytes) => fthetaOf(vectorOf(bytes), failAt(place)))
  })

  it('pinhole intrinsics', async () => {
    await run('pinhole', membersOf('pinhole_intrinsic'), (bytes) => pinholeOf(vectorOf(bytes), failAt(place)))
  })

  it('lidar_raw', async () => {
    const ego = buildTrajectory({ timesUs: [0], translations: [0, 0, 0], rotations: [1, 0, 0, 0] })
    await run('lidar_raw', membersOf('lidar_raw'), (bytes) => parseSweep(bytes, 0, ego, place))
  })
})

const vectorOf = (bytes: Uint8Array): number[] => Array.from<number | bigint, number>(parseNpy(bytes, place).values, Number)
