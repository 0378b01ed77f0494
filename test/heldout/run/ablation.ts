import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { AugmentRequest } from '@virga/augmentation'
import { openControlMap, parseControlMap, type PixelLabels } from '@virga/conditions'
import type { ControlMapFrames } from '@virga/models'
import type { RgbImage } from '@virga/scenario'
import { lookName, type SimulatedDrive } from '@virga/simulation'
import { collect } from './collect.ts'
import { type ControlFigures, controlFigures } from './figures.ts'
import { cacheRoot, driveFrames, lookAt } from './plan.ts'
import { stateOf, type Tools } from './main-part.ts'
import type { Measurements } from './rows.ts'
import { HeldOutScene } from './scene.ts'
import { publishedVariants, simulated, withoutVideo } from './variants.ts'

/** A way of using the controls: weights over the whole picture, or a control map in the map language. */
export interface Configuration {
  readonly name: string
  readonly weights: Readonly<Record<string, number>>
  /** Weights in the foreground (vehicles, people, paint, grown by 4 pixels) and in the rest. */
  readonly regions?: { readonly foreground: readonly string[]; readonly background: readonly string[] }
}

export type Region = 'all' | 'foreground' | 'background'

export interface AblationRow extends ControlFigures {
  readonly seed: number
  readonly look: string
  readonly configuration: string
  readonly region: Region
  /** What the network started from. */
  readonly start: string
}

/** The paper's tables for the controls that a bundle has: each alone, hdmap + lidar, all, all minus one, and foreground against background. */
export function configurations(controls: readonly string[]): Configuration[] {
  const even = (used: readonly string[]) => Object.fromEntries(used.map((control) => [control, 1 / used.length]))
  const has = (...names: readonly string[]) => names.every((name) => controls.includes(name))
  const split = (foreground: readonly string[], background: readonly string[]): Configuration[] =>
    has(...foreground, ...background)
      ? [
          {
            name: `foreground ${foreground.join(' + ')}, background ${background.join(' + ')}`,
            weights: even([...foreground, ...background]),
            regions: { foreground, background },
          },
        ]
      : []
  return [
    ...controls.map((control) => ({ name: control, weights: { [control]: 1 } })),
    ...(has('hdmap', 'lidar') ? [{ name: 'hdmap + lidar', weights: even(['hdmap', 'lidar']) }] : []),
    { name: 'all', weights: even(controls) },
    ...controls.map((out) => ({ name: `all but ${out}`, weights: even(controls.filter((control) => control !== out)) })),
    ...split(['vis', 'edge'], ['depth', 'seg']),
    ...split(['depth', 'seg'], ['vis', 'edge']),
    ...split(['vis', 'edge'], ['hdmap', 'lidar']),
    ...split(['hdmap', 'lidar'], ['vis', 'edge']),
  ]
}

/** Every configuration on one drive in one look, through the generator alone: what it starts from is what the active controls give. */
export function ablate(
  tools: Tools,
  store: Measurements<AblationRow>,
  seed: number,
  index: number,
  frames: number,
): Promise<AblationRow[]> {
  const look = lookAt(index)
  const key = { part: 'ablation', version: 1, ...stateOf(tools), seed, look: lookName(look), frames }
  return store.of(key, async () => {
    const { host, bundle, judges, steps } = tools
    const scene = await HeldOutScene.open(() => host.openDevice(), seed, [look, lookAt(index + 1), lookAt(index + 2), lookAt(index + 3)])
    const truth = await scene.truth(look, judges.judged, frames)
    const conditions = await scene.conditions(bundle.manifest)
    const labels = await labelsOf(scene, frames, bundle.manifest.video)
    const foreground = await drawn(foregroundMap('mask'), ['mask'], labels, bundle.manifest.video)
    const regions: Record<Exclude<Region, 'all'>, Uint8Array[]> = {
      foreground: foreground.planes.map(([plane]) => Uint8Array.from(plane, (value) => (value > 0 ? 1 : 0))),
      background: foreground.planes.map(([plane]) => Uint8Array.from(plane, (value) => (value > 0 ? 0 : 1))),
    }
    const lidar = await scene.lidar()
    const rows: AblationRow[] = []
    const record = async (configuration: string, start: string, video: readonly RgbImage[], split: boolean): Promise<void> => {
      const common = { seed, look: lookName(look), configuration, start }
      rows.push({ ...common, region: 'all', ...(await controlFigures(judges, video, truth, { lidar })) })
      if (!split) return
      for (const [region, masks] of Object.entries(regions) as [Exclude<Region, 'all'>, Uint8Array[]][])
        rows.push({ ...common, region, ...(await controlFigures(judges, video, truth, { region: masks })) })
    }
    await record('truth', '-', truth.frames, true)
    const generator = await host.openGenerator(bundle)
    for (const { name, weights, regions: sides } of configurations([...conditions.keys()])) {
      const controls = Object.fromEntries(
        Object.entries(weights).map(([control, weight]) => [control, { frames: conditions.get(control) ?? [], weight }]),
      )
      const map = sides === undefined ? undefined : await drawn(regionMap(sides), Object.keys(weights), labels, bundle.manifest.video)
      const made = await generator
        .generate({
          frames,
          controls,
          look: lookName(look),
          seed: 0,
          ...(steps === undefined ? {} : { steps }),
          ...(map === undefined ? {} : { controlMap: map.map }),
        })
        .catch((error: unknown) => error as Error)
      if (made instanceof Error) {
        // A bundle without a start for this control, such as mini 0.1.0 without hdmap.
        host.progress.report({ kind: 'note', message: `${name}: ${made.message}` })
        continue
      }
      await record(name, made.base, made.frames, sides !== undefined || name === 'all')
    }
    for (const { name, drive, controls } of publishedOnes(simulated(seed, { ...bundle.manifest.video, frames: driveFrames }), [
      ...conditions.keys(),
    ])) {
      const out = join(cacheRoot, 'out', `${process.pid}`)
      const { videos, result } = await publishedVariants(host, {
        bundle,
        drive,
        looks: [look],
        frames,
        controls,
        out,
        ...(steps === undefined ? {} : { steps }),
      })
      rmSync(out, { recursive: true, force: true })
      const start = result.promise === 'layout-only' ? 'map + LiDAR' : 'camera video'
      await record(`${name}, as published`, start, videos.get(lookName(look)) ?? [], false)
    }
    return rows
  })
}

/** Controls alone through `virga augment`: with camera video the start is the relit source, without it the painted labels, and detail is carried over. */
function publishedOnes(
  drive: SimulatedDrive,
  has: readonly string[],
): { name: string; drive: AugmentRequest['drive']; controls: string[] }[] {
  const map = withoutVideo(drive)
  const [film, labels] = [
    { kind: 'opened', drive: { ...map, simulated: drive } },
    { kind: 'opened', drive: map },
  ] as const
  const all = [
    { name: 'vis', drive: film, controls: ['vis'] },
    { name: 'edge', drive: film, controls: ['edge'] },
    { name: 'hdmap', drive: labels, controls: ['hdmap'] },
    { name: 'lidar', drive: labels, controls: ['lidar'] },
    { name: 'hdmap + lidar', drive: labels, controls: ['hdmap', 'lidar'] },
  ]
  return all.filter(({ controls }) => controls.every((control) => has.includes(control)))
}

async function labelsOf(scene: HeldOutScene, frames: number, { width, height }: { width: number; height: number }): Promise<PixelLabels[]> {
  const [classes, depth] = [await scene.segmentation(), await scene.depth()]
  return Array.from({ length: frames }, (_, i) => ({
    width,
    height,
    classes: classes[i],
    depth: depth[i],
    tracks: new Uint16Array(width * height),
  }))
}

const mask = '{ class: [vehicle, pedestrian, lane-line, crosswalk], grow: 4 }'
const foregroundMap = (control: string) =>
  `schema: virga.control-map/1\ncontrols:\n  ${control}: { rules: [{ weight: 1, mask: ${mask} }] }\n`

/** The paper's setting: 0.5 for each of the two controls of a side. */
function regionMap({ foreground, background }: NonNullable<Configuration['regions']>): string {
  const rule = (control: string, where: string) => `  ${control}: { rules: [{ weight: 0.5, mask: ${where} }] }\n`
  return [
    'schema: virga.control-map/1\n',
    `masks:\n  foreground: ${mask}\n  background: { not: foreground }\n`,
    'controls:\n',
    ...foreground.map((control) => rule(control, 'foreground')),
    ...background.map((control) => rule(control, 'background')),
  ].join('')
}

/** A document of the control-map language drawn over a drive's true classes. */
async function drawn(
  text: string,
  controls: readonly string[],
  labels: readonly PixelLabels[],
  video: { readonly width: number; readonly height: number; readonly fps: number },
): Promise<{ planes: Float32Array[][]; map: ControlMapFrames }> {
  const { width, height, fps } = video
  const { spec } = await parseControlMap(text, 'ablation', '.')
  const stream = await openControlMap(spec, { controls, frames: labels.length, fps, width, height, labels: () => each(labels) })
  const planes = await collect(stream)
  const map: ControlMapFrames = {
    ...{ frames: labels.length, width, height },
    isActive: (control) => planes.some((frame) => frame[controls.indexOf(control)].some((value) => value > 0)),
    read: (names, first, count) =>
      each(planes.slice(first, first + count).map((frame) => names.map((name) => frame[controls.indexOf(name)]))),
  }
  return { planes, map }
}

async function* each<T>(values: readonly T[]): AsyncGenerator<T> {
  yield* values
}
