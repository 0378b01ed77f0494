import { type Lane, type LaneLine, poseAt, trackBoxAt, transformDirection, yawOfQuat } from '@virga/scenario'
import { describe, expect, it } from 'vitest'
import { simulateDrive, type SimulatedDrive } from './drive.ts'
import { forwardLaneCentre } from './street.ts'

const seeds = [0, 3, 7, 21, 42, 99]
const drives = new Map(seeds.map((seed) => [seed, simulateDrive({ seed, seconds: 5 })]))
const driveOf = (seed: number): SimulatedDrive => drives.get(seed) as SimulatedDrive

/** Footprint of the ego: origin 1.2 m ahead of its rear bumper, 4.6 m long, 1.85 m wide. */
const egoBox = (drive: SimulatedDrive, timeUs: number): Footprint => {
  const { translation, rotation } = poseAt(drive.scenario.ego, timeUs)
  const yaw = yawOfQuat(rotation)
  const middle = 1.1
  return { x: translation[0] + Math.cos(yaw) * middle, y: translation[1] + Math.sin(yaw) * middle, yaw, length: 4.6, width: 1.85 }
}

interface Footprint {
  x: number
  y: number
  yaw: number
  length: number
  width: number
}

/** Separating axes of two rectangles. */
function overlap(a: Footprint, b: Footprint): boolean {
  return [a.yaw, a.yaw + Math.PI / 2, b.yaw, b.yaw + Math.PI / 2].every((axis) => {
    const [c, s] = [Math.cos(axis), Math.sin(axis)]
    const reach = (box: Footprint): number =>
      (Math.abs(Math.cos(box.yaw - axis)) * box.length + Math.abs(Math.sin(box.yaw - axis)) * box.width) / 2
    return Math.abs((a.x - b.x) * c + (a.y - b.y) * s) < reach(a) + reach(b)
  })
}

describe('simulateDrive', () => {
  it('is the same for the same seed and differs for another', () => {
    const shown = (seed: number): string =>
      JSON.stringify(simulateDrive({ seed, seconds: 2 }).scenario, (_, value: unknown) =>
        ArrayBuffer.isView(value) ? Array.from(value as Float64Array) : value,
      )
    expect(shown(5)).toBe(shown(5))
    expect(shown(5)).not.toBe(shown(6))
  })

  it.each(seeds)('keeps the ego in the middle of its lane at no more than 9 m/s (seed %i)', (seed) => {
    const drive = driveOf(seed)
    const { ego, map } = drive.scenario
    const lanes = map.filter((element): element is Lane => element.kind === 'lane')
    for (let timeUs = 0; timeUs <= 5_000_000; timeUs += 250_000) {
      const { translation } = poseAt(ego, timeUs)
      const s = drive.ego.sAt(timeUs / 1e6)
      const [x, y] = drive.road.place(s, forwardLaneCentre(drive.street, drive.street.egoLane))
      expect(Math.hypot(translation[0] - x, translation[1] - y)).toBeLessThan(0.02)
      // Half a lane from both rails of some lane.
      const near = lanes.some((lane) =>
        [lane.left, lane.right].every((rail) => Math.abs(distanceTo(rail, translation) - drive.street.laneWidth / 2) < 0.06),
      )
      expect(near).toBe(true)
      const speed = (drive.ego.sAt(timeUs / 1e6 + 0.05) - s) / 0.05
      // It may wait at a red light.
      expect(speed).toBeGreaterThan(-1e-6)
      expect(speed).toBeLessThan(9.1)
    }
  })

  it.each(seeds)('lets no vehicle touch the ego or another vehicle (seed %i)', (seed) => {
    const drive = driveOf(seed)
    const vehicles = drive.scenario.tracks.filter((track) => track.class !== 'pedestrian')
    expect(vehicles.length).toBeGreaterThan(2)
    for (let timeUs = 0; timeUs <= 5_000_000; timeUs += 500_000) {
      const boxes = vehicles.map((track): Footprint & { id: string } => {
        const box = trackBoxAt(track, timeUs)
        if (box === undefined) throw new Error(`${track.id} has no box at ${timeUs}`)
        const { translation, rotation } = box.object_to_world
        return { id: track.id, x: translation[0], y: translation[1], yaw: yawOfQuat(rotation), length: box.size[0], width: box.size[1] }
      })
      const own = egoBox(drive, timeUs)
      expect(boxes.filter((box) => overlap(own, box)).map(({ id }) => id)).toEqual([])
      const clashes = boxes.flatMap((a, i) =>
        boxes
          .slice(i + 1)
          .filter((b) => overlap(a, b))
          .map((b) => `${a.id} ${b.id}`),
      )
      expect(clashes).toEqual([])
    }
  })

  it.each(seeds)('stands every box on the ground (seed %i)', (seed) => {
    const drive = driveOf(seed)
    for (const { id, trajectory, sizes, class: kind } of drive.scenario.tracks) {
      for (const i of [0, trajectory.timesUs.length - 1]) {
        const down = transformDirection({ rotation: rotationAt(trajectory.rotations, i), translation: [0, 0, 0] }, [0, 0, -sizes[2] / 2])
        const [x, y, z] = [0, 1, 2].map((axis) => trajectory.translations[3 * i + axis] + down[axis])
        const foot = z - groundAt(drive, x, y)
        // People may be on the way down a kerb; a vehicle's middle hangs a little over a crest.
        expect(foot, id).toBeGreaterThan(-0.03)
        expect(foot, id).toBeLessThan(kind === 'pedestrian' ? 0.15 : 0.03)
      }
    }
  })

  it.each(seeds)('tilts the ego as the road climbs (seed %i)', (seed) => {
    const { scenario, road, ego } = driveOf(seed)
    for (const timeUs of [0, 2_500_000, 5_000_000]) {
      const { translation, rotation } = poseAt(scenario.ego, timeUs)
      const s = ego.sAt(timeUs / 1e6)
      expect(translation[2]).toBeCloseTo(road.height(s), 3)
      const ahead = transformDirection({ rotation, translation: [0, 0, 0] }, [1, 0, 0])
      expect(ahead[2] / Math.hypot(ahead[0], ahead[1])).toBeCloseTo(road.slope(s), 4)
    }
  })

  it('names lane lines, neighbours and successors that exist, on shared rails', () => {
    for (const { scenario } of drives.values()) {
      const byId = new Map(scenario.map.map((element) => [element.id, element]))
      for (const lane of scenario.map.filter((element): element is Lane => element.kind === 'lane')) {
        for (const id of [...lane.predecessors, ...lane.successors, lane.leftNeighbour, lane.rightNeighbour]) {
          if (id !== undefined) expect(byId.get(id)?.kind, id).toBe('lane')
        }
        for (const [rail, id] of [
          [lane.left, lane.leftLine],
          [lane.right, lane.rightLine],
        ] as const) {
          if (id === undefined) continue
          const { line } = byId.get(id) as LaneLine
          expect(rail.length).toBe(line.length)
          const forward = rail[0] === line[0] && rail[1] === line[1]
          expect(forward || rail[0] === line[line.length - 3]).toBe(true)
        }
        for (const next of lane.successors) {
          const { left } = byId.get(next) as Lane
          expect(Math.hypot(left[0] - lane.left[lane.left.length - 3], left[1] - lane.left[lane.left.length - 2])).toBeLessThan(1e-6)
        }
      }
    }
  })

  it.each([
    ['seed', { seed: -1, seconds: 1 }],
    ['seed', { seed: 0.5, seconds: 1 }],
    ['seconds', { seed: 1, seconds: 0 }],
    ['seconds', { seed: 1, seconds: Number.NaN }],
    ['fps', { seed: 1, seconds: 1, fps: 0 }],
    ['width', { seed: 1, seconds: 1, width: 10.5 }],
  ])('refuses a senseless %s', (field, options) => {
    expect(() => simulateDrive(options)).toThrow(
      expect.objectContaining({ code: 'VIRGA_OUT_OF_RANGE', place: expect.objectContaining({ field }) as object }) as Error,
    )
  })
})

/** Least distance in the plane from a point to a polyline. */
function distanceTo(line: Float64Array, [x, y]: readonly number[]): number {
  let best = Infinity
  for (let i = 0; i + 5 < line.length; i += 3) {
    const [ax, ay, bx, by] = [line[i], line[i + 1], line[i + 3], line[i + 4]]
    const t = Math.min(1, Math.max(0, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2)))
    best = Math.min(best, Math.hypot(x - ax - t * (bx - ax), y - ay - t * (by - ay)))
  }
  return best
}

const rotationAt = (rotations: Float64Array, i: number): [number, number, number, number] => [
  rotations[4 * i],
  rotations[4 * i + 1],
  rotations[4 * i + 2],
  rotations[4 * i + 3],
]

/** Height of the ground under a place, at the arc length whose normal goes through it. */
function groundAt({ road }: SimulatedDrive, x: number, y: number): number {
  let s = x
  for (let i = 0; i < 30; i++) {
    const at = road.at(s)
    s += 0.7 * ((x - at.x) * Math.cos(at.heading) + (y - at.y) * Math.sin(at.heading))
  }
  return road.height(s)
}
