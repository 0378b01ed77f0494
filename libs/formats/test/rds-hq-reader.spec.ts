import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cameraPoseAt, type MapElement, poseToMat4, type Scenario, trackBoxAt } from '@virga/scenario'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listClips, openLog } from '../src/index.ts'
import { boxVertices, cameraMatrix, smallClip, smallClipId, writeSmallClip } from './small-clip.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'virga-clip-'))
})
afterAll(() => rm(folder, { recursive: true }))

const only = <K extends MapElement['kind']>(scenario: Scenario, kind: K): Extract<MapElement, { kind: K }>[] =>
  scenario.map.filter((element): element is Extract<MapElement, { kind: K }> => element.kind === kind)

describe('openLog of an RDS-HQ clip', () => {
  let scenario: Scenario
  beforeAll(async () => {
    await writeSmallClip(join(folder, 'whole'))
    scenario = await openLog(join(folder, 'whole'))
  })

  it('has everything, and says what it lacks', () => {
    expect(scenario).toMatchObject({ id: smallClipId, startUs: 5_000_000, endUs: 5_200_000, origin: { format: 'rds-hq' } })
    expect([...scenario.ego.timesUs]).toEqual([5_000_000, 5_033_333, 5_066_667, 5_100_000, 5_133_333, 5_166_667, 5_200_000])
    expect(scenario.captions).toEqual({ Night: 'A dark road.', Original: 'A short road.' })
    expect(scenario.lidarBeams?.rowElevations).toEqual(Float64Array.of(0.25, -0.4))
    expect(scenario.missing.map(({ detail }) => detail.split('/')[0].slice(0, 20))).toEqual(['no ftheta_<camera>', 'no licence file; the'])
  })

  it('has the camera where its poses say, in either model', async () => {
    const [camera] = scenario.rig.cameras
    expect(camera).toMatchObject({ name: 'camera_front_wide_120fov', width: 1920, height: 1080, model: { kind: 'ftheta', cx: 954.2063 } })
    poseToMat4(cameraPoseAt(scenario, camera, 5_100_000)).forEach((value, i) => expect(value).toBeCloseTo(cameraMatrix(1)[i], 12))
    camera.camera_to_vehicle.translation.forEach((value, i) => expect(value).toBeCloseTo([1, 0, 1.5][i], 6))
    const pinhole = await openLog(join(folder, 'whole'), { intrinsics: 'pinhole' })
    expect(pinhole.rig.cameras[0].model).toEqual({ kind: 'pinhole', fx: 945.5, fy: 945.5, cx: 954, cy: 757 })
  })

  it('reads every layer of the map', () => {
    const [painted, bare] = only(scenario, 'lane-line')
    expect(painted).toMatchObject({ id: '1', colour: 'white', pattern: 'long-dashed', line: Float64Array.of(0, 2, 0, 9, 2, 0) })
    expect(painted.paints).toEqual([
      { colour: 'white', pattern: 'long-dashed' },
      { colour: 'yellow', pattern: 'double-solid' },
    ])
    expect(bare).toMatchObject({ id: '2', colour: 'other', pattern: 'other', paints: [] })
    const lane = {
      id: '10',
      successors: ['11', '12'],
      predecessors: [],
      rightNeighbour: '13',
      leftLine: '1',
      isIntersection: true,
      use: 'vehicle',
    }
    expect(only(scenario, 'lane')[0]).toMatchObject(lane)
    expect(only(scenario, 'lane')[0]).not.toHaveProperty('leftNeighbour')
    expect(only(scenario, 'road-boundary')[0]).toMatchObject({ id: '20', sourceType: 'tall_curb' })
    expect(only(scenario, 'wait-line')[0]).toMatchObject({ id: '30', sourceType: 'STOP' })
    expect(only(scenario, 'crosswalk')[0].ring).toHaveLength(12)
    expect(only(scenario, 'road-marking')).toEqual([])
    expect(only(scenario, 'pole')[0]).toMatchObject({ sourceType: 'LIGHT', line: Float64Array.of(3, 7, 0, 3, 7, 6) })
    expect([...only(scenario, 'traffic-sign')[0].corners]).toEqual(boxVertices(8, 6, 3).flat())
  })

  it('reads the older form of a cuboid, and the states of a light', () => {
    const [light] = only(scenario, 'traffic-light')
    // Turned by 90 degrees, the length of 2 m lies along y: corner (+, +, +) is at x - 0.3, y + 1, z + 0.5.
    ;[8.7, 1, 5.5].forEach((value, axis) => expect(light.corners[axis]).toBeCloseTo(value, 12))
    expect(light.states?.state).toEqual(['red', 'green', 'unknown'])
    expect([...(light.states?.timesUs ?? [])]).toEqual([5_000_000, 5_100_000, 5_166_667])
  })

  it('interpolates boxes, holds the last one to the end, and gives what stands still one pose', () => {
    expect(scenario.tracks.map(({ id }) => id)).toEqual(['12', '7'])
    const [parked, moving] = scenario.tracks
    expect(trackBoxAt(moving, 5_033_333)?.object_to_world.translation[0]).toBeCloseTo(11, 4)
    expect(trackBoxAt(moving, 5_200_000)).toMatchObject({ moving: true, size: [4, 2, 1.5] })
    expect(trackBoxAt(moving, 5_266_667)?.object_to_world.translation[0]).toBeCloseTo(16, 12)
    expect(trackBoxAt(moving, 5_266_668)).toBeUndefined()
    for (const timeUs of [5_000_000, 5_066_667, 5_200_000]) {
      const box = trackBoxAt(parked, timeUs)
      expect(box).toMatchObject({ moving: false, object_to_world: { translation: [20, -3, 1] } })
      expect(box?.size[0]).toBeCloseTo(4.03, 12)
      expect(box?.object_to_world.rotation[3]).toBeCloseTo(0, 12)
    }
  })

  it('reads a sweep when it is asked for', async () => {
    expect(scenario.sweeps.map(({ timeUs }) => timeUs)).toEqual([5_000_000, 5_100_000, 5_200_000])
    const sweep = await scenario.sweeps[1].load()
    expect(sweep).toMatchObject({
      points: Float32Array.of(5, 0, 0, 0, 6, -1),
      intensity: Uint8Array.of(10, 255),
      ring: Uint8Array.of(0, 127),
    })
    expect(sweep.offsetsNs).toEqual(Int32Array.of(0, 1e8))
    ;[1, 0, 2].forEach((value, axis) => expect(sweep.points_to_vehicle.translation[axis]).toBeCloseTo(value, 6))
  })
})

describe('a data set of several clips', () => {
  it('is listed by names alone, and opened by the id of a clip', async () => {
    const root = join(folder, 'several')
    await mkdir(join(root, 'vehicle_pose'), { recursive: true })
    const ids = Array.from({ length: 12 }, (_, i) => smallClipId.replace('00000000', `0000000${i.toString(16)}`))
    for (const id of ids) await writeFile(join(root, 'vehicle_pose', `${id}.tar`), 'no tar')
    expect(await listClips(root)).toEqual(ids)
    await expect(openLog(root)).rejects.toThrow(/has 12 clips and none is named .*0000000a-\S*|and 2 more/)
    await expect(openLog(root)).rejects.toMatchObject({ code: 'VIRGA_USAGE' })
    await expect(openLog(root, { clip: 'x' })).rejects.toThrow(/there is no clip x .*one of 12: .* and 2 more/)
    await writeSmallClip(root)
    expect((await openLog(root, { clip: smallClipId })).id).toBe(smallClipId)
  })

  it('may be the only such folder of its parent; of two, one must be named', async () => {
    const parent = join(folder, 'parent')
    await writeSmallClip(join(parent, 'example'))
    await mkdir(join(parent, 'other'))
    expect((await openLog(parent)).origin.uri).toBe(join(parent, 'example'))
    await writeSmallClip(join(parent, 'other'))
    await expect(openLog(parent)).rejects.toThrow(/holds 2 RDS-HQ data sets: example, other/)
  })

  it('refuses a clip for a format that has none', async () => {
    const root = join(folder, 'av2')
    await mkdir(root)
    await writeFile(join(root, 'annotations.feather'), '')
    await expect(openLog(root, { clip: 'x' })).rejects.toThrow(/Argoverse 2 sensor log has no choice of clip/)
  })
})

describe('a clip with less', () => {
  const reported = async (
    change: (clip: ReturnType<typeof smallClip>) => void,
    beside?: () => Promise<void>,
  ): Promise<[Scenario, string]> => {
    const root = join(folder, 'less', 'root')
    await rm(join(folder, 'less'), { recursive: true, force: true })
    const clip = smallClip()
    change(clip)
    await writeSmallClip(root, clip)
    await beside?.()
    const scenario = await openLog(root)
    return [scenario, scenario.missing.map(({ part, detail }) => `${part}: ${detail}`).join('\n')]
  }
  const without = (folderName: string, key: string) => (clip: ReturnType<typeof smallClip>) => void clip.tars.get(folderName)?.delete(key)

  it.each([...smallClip().tars.keys()].filter((name) => name !== 'vehicle_pose' && name !== '3d_traffic_lights_status'))(
    'opens without %s and reports it',
    async (name) => {
      const [, missing] = await reported((clip) => clip.tars.delete(name))
      if (name !== 'pinhole_intrinsic') expect(missing).toContain(`no ${name}/<clip>.tar`)
    },
  )

  it('places a camera without poses by an estimate that lies beside the data set', async () => {
    const place = { camera: 'camera_front_wide_120fov', T_rig_from_camera: [0, 4, 8, 12].map((i) => cameraMatrix(0).slice(i, i + 4)) }
    const estimate = join(folder, 'less', 'derived_camera_front_wide_extrinsic_estimate.json')
    const [scenario, missing] = await reported(
      (clip) => clip.tars.delete('pose'),
      () => writeFile(estimate, JSON.stringify(place)),
    )
    expect(missing).toContain('camera camera_front_wide_120fov is placed on the vehicle by derived_camera_front_wide')
    expect(scenario.rig.cameras[0]).toMatchObject({ camera_to_vehicle: { translation: [1, 0, 1.5] } })
    expect(scenario.rig.cameras[0].camera_to_world).toBeUndefined()
    const [bare, gone] = await reported((clip) => clip.tars.delete('pose'))
    expect(bare.rig.cameras).toEqual([])
    expect(gone).toContain('left out, since nothing says where they are: camera_front_wide_120fov')
  })

  it('ends with the shortest of its poses', async () => {
    const [scenario, missing] = await reported(without('pose', '000006.pose.camera_front_wide_120fov.npy'))
    expect(scenario.endUs).toBe(5_166_667)
    expect(scenario.rig.cameras[0].camera_to_world?.timesUs).toHaveLength(6)
    expect(missing).toContain('the clip ends at frame 5 (vehicle_pose 6)')
    expect(missing).toContain('1 sweeps after the last pose are left out')
    expect(missing).toContain('2 tracks have boxes after the last pose')
  })

  it('has no boxes around a key frame that is missing, and no sweep at it', async () => {
    const [scenario, boxes] = await reported(without('all_object_info', '000003.all_object_info.json'))
    expect(boxes).toContain('all_object_info: no frame 3; no boxes are drawn around it')
    expect(trackBoxAt(scenario.tracks[0], 5_100_000)).toBeUndefined()
    expect(trackBoxAt(scenario.tracks[0], 5_000_000)).toBeDefined()
    const [fewer, sweeps] = await reported(without('lidar_raw', '000003.lidar_raw.npz'))
    expect(sweeps).toContain('lidar_raw: no sweep at frame 3')
    expect(fewer.sweeps).toHaveLength(2)
  })

  it('reports stamps that are off the grid', async () => {
    const stamps = new Map([0, 3, 6].map((i) => [`00000${i}.timestamp_micros.txt`, String(9_000_000 + i * 33_000 + (i === 6 ? 9_000 : 0))]))
    const [, missing] = await reported((clip) => clip.tars.set('timestamp', stamps))
    expect(missing).toContain('timestamp: stamps are up to 7.0 ms off the 30 Hz grid')
  })
})
