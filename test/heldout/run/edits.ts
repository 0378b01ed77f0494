import { collect } from './collect.ts'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { AugmentRequest, DriveInput } from '@virga/augmentation'
import { renderLabels } from '@virga/rendering'
import { invertPose, poseAt, type RgbImage, type Scenario, segClassId, transformPoint, type Vec3 } from '@virga/scenario'
import { type Look, lookName, renderDrive, type SimulatedDrive } from '@virga/simulation'
import { mean } from './figures.ts'
import { stateOf, type Tools } from './main-part.ts'
import { outlined, writePicture } from './pictures.ts'
import { cacheRoot, driveFrames, heldOutSeeds } from './plan.ts'
import type { Measurements } from './rows.ts'
import { publishedVariants, simulated, withoutVideo } from './variants.ts'

/**
 * One change of a scenario, measured where it happens: the share of a place's pixels that the judge takes for the thing, in the variant of the drive as it
 * was and in that of the changed one.
 */
export interface EditRow {
  readonly seed: number
  readonly look: string
  readonly edit: 'vehicle removed' | 'lane line moved'
  /** `truth`: the simulator's own pictures (it draws no lane line elsewhere than the drive has it, so for removed vehicles only). */
  readonly source: 'map + LiDAR' | 'camera video' | 'truth'
  /** Where the thing was and is not any more, and, for what moved, where it is now. */
  readonly oldPlace: readonly [before: number, after: number]
  readonly newPlace?: readonly [before: number, after: number]
  /** Mean absolute change of the pictures, 8-bit levels, inside the places and outside them. */
  readonly change: readonly [inside: number, outside: number]
}

interface Place {
  readonly old: readonly Uint8Array[]
  readonly new?: readonly Uint8Array[]
}

const looks: readonly Look[] = [
  { weather: 'overcast', lighting: 'day' },
  { weather: 'clear', lighting: 'morning' },
  { weather: 'snow', lighting: 'day' },
  { weather: 'rain', lighting: 'night' },
]
const frames = 17
/** A vehicle counts as seen when it covers so many pixels of the middle frame. */
const leastPixels = 700

/** Takes a vehicle away, and moves a lane line, in as many drives as asked for, each in another look. */
export async function measureEdits(tools: Tools, store: Measurements<EditRow>, drives: number, pictures: string): Promise<EditRow[]> {
  const rows: EditRow[] = []
  let done = 0
  for (const seed of heldOutSeeds) {
    if (done === drives) break
    const look = looks[done % looks.length]
    const key = { part: 'edits', version: 1, ...stateOf(tools), seed, look: lookName(look), frames }
    const found = await store.of(key, async () => [
      ...(await removeVehicle(tools, seed, look, pictures)),
      ...(await moveLine(tools, seed, look, pictures)),
    ])
    rows.push(...found)
    if (found.some(({ edit }) => edit === 'vehicle removed')) done++
  }
  return rows
}

const shapeOf = ({ bundle }: Tools) => ({
  frames: driveFrames,
  fps: bundle.manifest.video.fps,
  width: bundle.manifest.video.width,
  height: bundle.manifest.video.height,
})

async function removeVehicle(tools: Tools, seed: number, look: Look, pictures: string): Promise<EditRow[]> {
  const shape = shapeOf(tools)
  const drive = simulated(seed, shape)
  const id = nearestVehicle(drive)
  if (id === undefined) return []
  const without: SimulatedDrive = {
    ...drive,
    actors: drive.actors.filter((actor) => actor.id !== id),
    scenario: { ...drive.scenario, tracks: drive.scenario.tracks.filter((track) => track.id !== id) },
  }
  const device = await tools.host.openDevice()
  const render = async (one: SimulatedDrive) =>
    collect(renderDrive(device, one, { cameraName: one.scenario.rig.cameras[0].name, ...shape, look, frames: { start: 0, count: frames } }))
  const [truth, truthWithout] = [await render(drive), await render(without)]
  const isVehicle = segClassId.vehicle
  const old = truth.map(({ seg }, i) => seg.map((value, p) => (value === isVehicle && truthWithout[i].seg[p] !== isVehicle ? 1 : 0)))
  if (count(old[Math.floor(frames / 2)]) < leastPixels) return []
  const place: Place = { old }
  const measure = measurer(tools, { seed, look, edit: 'vehicle removed', place, judged: 'vehicle', pictures })
  return [
    await measure(
      'truth',
      truth.map(({ rgb }) => rgb),
      truthWithout.map(({ rgb }) => rgb),
    ),
    await measure('map + LiDAR', ...(await both(tools, look, opened(withoutVideo(drive)), opened(withoutVideo(without, `without ${id}`))))),
    // The labels lose the vehicle, the camera video keeps it.
    await measure(
      'camera video',
      ...(await both(tools, look, filmed(drive, drive.scenario, 'none'), filmed(drive, without.scenario, `without ${id}`))),
    ),
  ]
}

async function moveLine(tools: Tools, seed: number, look: Look, pictures: string): Promise<EditRow[]> {
  const shape = shapeOf(tools)
  const drive = simulated(seed, shape)
  const moved = lineMoved(drive.scenario, 1.2)
  if (moved === undefined) return []
  const device = await tools.host.openDevice()
  const [camera] = drive.scenario.rig.cameras
  const timesUs = drive.frameTimes.slice(0, frames).map((seconds) => drive.scenario.startUs + Math.round(seconds * 1e6))
  const label = async (scenario: Scenario) =>
    collect(renderLabels(device, scenario, { camera, width: shape.width, height: shape.height, timesUs }))
  const [was, is] = [await label(drive.scenario), await label(moved.scenario)]
  const line = segClassId['lane-line']
  const only = (a: typeof was, b: typeof was) =>
    a.map(({ classes }, i) => classes.map((value, p) => (value === line && b[i].classes[p] !== line ? 1 : 0)))
  const place = { old: only(was, is), new: only(is, was) }
  if (count(place.new[Math.floor(frames / 2)]) < leastPixels / 10) return []
  const edited = { ...drive, scenario: moved.scenario }
  const measure = measurer(tools, { seed, look, edit: 'lane line moved', place, judged: 'lane-line', pictures })
  return [
    await measure(
      'map + LiDAR',
      ...(await both(tools, look, opened(withoutVideo(drive)), opened(withoutVideo(edited, `moved ${moved.id}`)))),
    ),
    await measure(
      'camera video',
      ...(await both(tools, look, filmed(drive, drive.scenario, 'none'), filmed(drive, moved.scenario, `moved ${moved.id}`))),
    ),
  ]
}

const opened = (drive: DriveInput): AugmentRequest['drive'] => ({ kind: 'opened', drive })

/** The drive's camera video with the labels of another scenario. */
function filmed(drive: SimulatedDrive, scenario: Scenario, edit: string): AugmentRequest['drive'] {
  const input = withoutVideo({ ...drive, scenario }, `${edit}, with video`)
  return opened({ ...input, simulated: drive })
}

async function both(
  tools: Tools,
  look: Look,
  before: AugmentRequest['drive'],
  after: AugmentRequest['drive'],
): Promise<[RgbImage[], RgbImage[]]> {
  const out = join(cacheRoot, 'out', `${process.pid}`)
  const { host, bundle, steps } = tools
  const run = async (drive: AugmentRequest['drive']): Promise<RgbImage[]> => {
    const { videos } = await publishedVariants(host, {
      bundle,
      drive,
      looks: [look],
      frames,
      out,
      ...(steps === undefined ? {} : { steps }),
    })
    return videos.get(lookName(look)) ?? []
  }
  const made: [RgbImage[], RgbImage[]] = [await run(before), await run(after)]
  rmSync(out, { recursive: true, force: true })
  return made
}

/** Measures a pair of videos, and puts their middle frames side by side: before and after, the place framed red (old) and green (new). */
function measurer(
  { judges }: Tools,
  {
    seed,
    look,
    edit,
    place,
    judged,
    pictures,
  }: { seed: number; look: Look; edit: EditRow['edit']; place: Place; judged: string; pictures: string },
) {
  const id = judges.report.classes.indexOf(judged)
  const share = async (video: readonly RgbImage[], masks: readonly Uint8Array[]): Promise<number> => {
    let [hits, all] = [0, 0]
    for (let i = 0; i < video.length; i += 4) {
      const { classes } = await judges.scene(video[i])
      masks[i].forEach((value, p) => {
        if (value === 0) return
        all++
        if (classes[p] === id) hits++
      })
    }
    return hits / all
  }
  return async (source: EditRow['source'], before: readonly RgbImage[], after: readonly RgbImage[]): Promise<EditRow> => {
    const middle = Math.floor(before.length / 2)
    const frame = (image: RgbImage): RgbImage => {
      const old = outlined(image, place.old[middle], [255, 40, 40])
      return place.new === undefined ? old : outlined(old, place.new[middle], [60, 255, 60])
    }
    const file = `${edit.replaceAll(' ', '-')}-${seed}-${source.replaceAll(/[^a-z]+/gi, '-').toLowerCase()}.jpg`
    await writePicture(join(pictures, file), [
      [before[middle], after[middle]],
      [frame(before[middle]), frame(after[middle])],
    ])
    const inside = place.old.map((mask, i) => mask.map((value, p) => value | (place.new?.[i][p] ?? 0)))
    return {
      ...{ seed, look: lookName(look), edit, source },
      oldPlace: [await share(before, place.old), await share(after, place.old)],
      ...(place.new === undefined ? {} : { newPlace: [await share(before, place.new), await share(after, place.new)] as const }),
      change: [change(before, after, inside, 1), change(before, after, inside, 0)],
    }
  }
}

/** Mean absolute difference over the pixels whose mask is `where`. */
function change(a: readonly RgbImage[], b: readonly RgbImage[], masks: readonly Uint8Array[], where: 0 | 1): number {
  const each = a.map(({ data }, i) => {
    let [sum, n] = [0, 0]
    for (let p = 0; p < masks[i].length; p++) {
      if (masks[i][p] !== where) continue
      for (let c = 0; c < 3; c++) sum += Math.abs(data[3 * p + c] - b[i].data[3 * p + c])
      n += 3
    }
    return n === 0 ? NaN : sum / n
  })
  return mean(each)
}

const count = (mask: Uint8Array): number => mask.reduce((sum, value) => sum + value, 0)

/** The vehicle nearest ahead of the ego at mid-drive, 7 to 30 m away and at most 7 m aside. */
function nearestVehicle({ scenario }: SimulatedDrive): string | undefined {
  const timeUs = Math.round((scenario.startUs + scenario.endUs) / 2)
  const ahead = scenario.tracks.flatMap(({ id, class: kind, trajectory }) => {
    if (kind === 'pedestrian') return []
    const [forward, left] = inEgoFrame(scenario, poseAt(trajectory, timeUs).translation, timeUs)
    return forward > 7 && forward < 30 && Math.abs(left) < 7 ? [{ id, forward }] : []
  })
  return ahead.sort((a, b) => a.forward - b.forward)[0]?.id
}

/** Metres ahead and to the left of the ego. */
function inEgoFrame(scenario: Scenario, point: Vec3, timeUs: number): [number, number] {
  const [forward, left] = transformPoint(invertPose(poseAt(scenario.ego, timeUs)), point)
  return [forward, left]
}

/** The scenario with the lane line of which most lies 5 to 30 m ahead shifted to its left. */
function lineMoved(scenario: Scenario, metres: number): { scenario: Scenario; id: string } | undefined {
  const timeUs = Math.round((scenario.startUs + scenario.endUs) / 2)
  const visible = scenario.map.flatMap((element) => {
    if (element.kind !== 'lane-line' || element.pattern === 'none') return []
    let length = 0
    for (let i = 3; i < element.line.length; i += 3) {
      const middle = (k: number) => (element.line[i + k] + element.line[i + k - 3]) / 2
      const [forward, left] = inEgoFrame(scenario, [middle(0), middle(1), middle(2)], timeUs)
      if (forward > 5 && forward < 30 && Math.abs(left) < 6)
        length += Math.hypot(element.line[i] - element.line[i - 3], element.line[i + 1] - element.line[i - 2])
    }
    // A solid line shows more of itself than a dashed one.
    return [{ element, seen: length * (element.pattern.includes('dash') ? 0.4 : 1) }]
  })
  const best = visible.sort((a, b) => b.seen - a.seen).at(0)
  if (best === undefined || best.seen === 0) return undefined
  const { element } = best
  const line = element.line.slice()
  for (let i = 0; i < line.length; i += 3) {
    const [from, to] = [Math.max(i - 3, 0), Math.min(i + 3, line.length - 3)]
    const [dx, dy] = [element.line[to] - element.line[from], element.line[to + 1] - element.line[from + 1]]
    const norm = Math.hypot(dx, dy)
    line[i] -= (metres * dy) / norm
    line[i + 1] += (metres * dx) / norm
  }
  return { id: element.id, scenario: { ...scenario, map: scenario.map.map((one) => (one.id === element.id ? { ...element, line } : one)) } }
}
