import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openLog } from '@virga/formats'
import { composePose, poseAt, transformPoint } from '@virga/scenario'
import { captionsFor, parseLook, simulatedLidar, simulateDrive } from '@virga/simulation'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LazyDevice } from './lazy-device.ts'
import { picturedCameras, type SimulatedLogRequest, writeSimulatedLog } from './write-simulated-log.ts'

let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'virga-simulated-'))
})
afterAll(async () => {
  await rm(root, { recursive: true })
})

/** Without images, so that no device is opened. */
function request(folder: string, more: Pick<SimulatedLogRequest, 'drive' | 'format'> & Partial<SimulatedLogRequest>): SimulatedLogRequest {
  return {
    device: new LazyDevice(),
    look: parseLook('snow/night'),
    lidar: '64x1800',
    images: [],
    folder: join(root, folder),
    replace: false,
    progress: { report: () => undefined },
    signal: new AbortController().signal,
    ...more,
  }
}

describe('writeSimulatedLog', () => {
  it('writes a clip with seven cameras, sweeps and captions that reads back as it was', async () => {
    const drive = simulateDrive({ seed: 9, seconds: 0.5, fps: 30, width: 1280, height: 720, rig: 'rds-hq' })
    const asked = request('clips', { drive, format: 'rds-hq' })
    const written = await writeSimulatedLog(asked)
    expect(written).toMatchObject({ frames: 15, fps: 30, sweeps: 5, images: [], look: 'snow-night' })
    expect(await asked.device.description()).toBeNull()
    const read = await openLog(written.folder)
    expect(read.id).toBe(written.clip)
    expect(read.captions).toEqual(captionsFor(drive, asked.look))
    expect(read.rig.cameras.map(({ name, model }) => [name, model.kind])).toEqual(
      drive.scenario.rig.cameras.map(({ name }) => [name, 'ftheta']),
    )
    const lidar = simulatedLidar(drive, { grid: '64x1800', weather: 'snow' })
    expect(read.lidarBeams?.rowElevations).toEqual(lidar.lidarBeams.rowElevations)
    expect(read.sweeps.map(({ timeUs }) => timeUs)).toEqual([0, 1, 2, 3, 4].map((k) => k * 100_000))
    const [own, back] = [await lidar.sweeps[3].load(), await read.sweeps[3].load()]
    expect(back.points).toEqual(own.points)
    expect(back.ring).toEqual(own.ring)
    expect(back.intensity).toEqual(own.intensity)
    // 1800 columns lie on 3600 as well as they can.
    const late = back.offsetsNs?.reduce((most, value, i) => Math.max(most, Math.abs(value - (own.offsetsNs as Int32Array)[i])), 0)
    expect(late).toBeLessThan(30_000)
  })

  it('writes an Argoverse 2 log with sweeps at every labelled moment', async () => {
    const drive = simulateDrive({ seed: 9, seconds: 0.5, fps: 10, width: 640, height: 352 })
    const written = await writeSimulatedLog(request('log', { drive, format: 'argoverse2' }))
    expect(written).toMatchObject({ frames: 5, sweeps: 6 })
    const read = await openLog(written.folder)
    expect(read.missing.filter(({ part }) => part === 'sweeps')).toEqual([])
    expect(read.rig.lidars.map(({ name }) => name)).toContain('up_lidar')
    const own = await simulatedLidar(drive, { grid: '64x1800', weather: 'snow' }).sweeps[2].load()
    const back = await read.sweeps[2].load()
    const place = composePose(poseAt(read.ego, back.timeUs), back.points_to_vehicle)
    const truth = composePose(poseAt(drive.scenario.ego, own.timeUs), own.points_to_vehicle)
    expect(back.points.length).toBe(own.points.length)
    let most = 0
    for (let i = 0; i < own.points.length; i += 3) {
      const [p, q] = [
        transformPoint(place, [...back.points.subarray(i, i + 3)] as never),
        transformPoint(truth, [...own.points.subarray(i, i + 3)] as never),
      ]
      most = Math.max(most, Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]))
    }
    // The format's half floats: 1/16 m from 64 m on.
    expect(most).toBeLessThan(0.13)
  })

  it('leaves nothing behind when it is stopped', async () => {
    const drive = simulateDrive({ seed: 9, seconds: 0.5, fps: 30, width: 1280, height: 720 })
    const stop = new AbortController()
    const progress = { report: ({ kind }: { kind: string }) => kind === 'stage-progress' && stop.abort() }
    const stopped = writeSimulatedLog(request('stopped', { drive, format: 'rds-hq', progress, signal: stop.signal }))
    await expect(stopped).rejects.toMatchObject({ code: 'VIRGA_CANCELLED' })
    expect((await readdir(root)).filter((name) => name.includes('stopped'))).toEqual([])
  })

  it('draws the cameras that are asked for', () => {
    const { cameras } = simulateDrive({ seed: 1, seconds: 1, width: 1280, height: 720, rig: 'rds-hq' }).scenario.rig
    const namesOf = (asked?: string[]): string[] => picturedCameras(cameras, asked).map(({ name }) => name)
    expect(namesOf()).toEqual(['camera_front_wide_120fov'])
    expect(namesOf(['all']).length).toBe(7)
    expect(namesOf(['none'])).toEqual([])
    expect(namesOf(['camera_rear_tele_30fov'])).toEqual(['camera_rear_tele_30fov'])
    expect(() => namesOf(['front'])).toThrow(expect.objectContaining({ code: 'VIRGA_UNKNOWN_NAME' }))
  })
})
