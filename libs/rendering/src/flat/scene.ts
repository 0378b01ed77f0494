import type { Scenario, Track, Vec3 } from '@virga/scenario'
import { inDrawingOrder } from './boxes.ts'
import { Canvas } from './canvas.ts'
import type { BoxLayer, FlatDescription, HullLayer, LineLayer } from './description.ts'
import { buildHullSet, type HullSet } from './hulls.ts'
import { LineBrush } from './line-brush.ts'
import { buildLineSet, type LineSet } from './line-set.ts'

/** A layer and what of the scenario it draws. */
export type SceneLayer =
  | { readonly draw: 'lines'; readonly look: LineLayer; readonly set: LineSet }
  | { readonly draw: 'hulls'; readonly look: HullLayer; readonly set: HullSet }
  | { readonly draw: 'boxes'; readonly look: BoxLayer; readonly tracks: readonly Track[] }

/** What of a scenario never changes, in the local frame: world minus `origin`. */
export interface FlatScene {
  readonly origin: Vec3
  readonly layers: readonly SceneLayer[]
  /** Canvases by size, shared by all cameras: a picture is drawn in one go, and a warm canvas is what a processor's caches like. */
  readonly brushes: Map<string, LineBrush>
}

/** The scene's canvas of a size, with its brush. */
export function brushOf({ brushes }: FlatScene, width: number, height: number): LineBrush {
  const key = `${width}x${height}`
  const brush = brushes.get(key) ?? new LineBrush(new Canvas(width, height))
  brushes.set(key, brush)
  return brush
}

const kept = new WeakMap<FlatDescription, WeakMap<Scenario, FlatScene>>()

/** Laid out the first time, for all cameras. */
export function flatScene(description: FlatDescription, scenario: Scenario): FlatScene {
  const ofStyle = kept.get(description) ?? new WeakMap<Scenario, FlatScene>()
  kept.set(description, ofStyle)
  let scene = ofStyle.get(scenario)
  if (scene === undefined) {
    scene = build(description, scenario)
    ofStyle.set(scenario, scene)
  }
  return scene
}

function build({ layers }: FlatDescription, scenario: Scenario): FlatScene {
  const [x = 0, y = 0, z = 0] = scenario.ego.translations
  const origin: Vec3 = [x, y, z]
  const tracks = inDrawingOrder(scenario)
  return {
    origin,
    brushes: new Map(),
    layers: layers.map((look): SceneLayer => {
      switch (look.draw) {
        case 'lines':
          return { draw: 'lines', look, set: buildLineSet(scenario.map, look, origin) }
        case 'hulls':
          return { draw: 'hulls', look, set: buildHullSet(scenario.map, look, origin) }
        case 'boxes':
          return { draw: 'boxes', look, tracks: tracks.filter((track) => look.of.includes(track.class)) }
      }
    }),
  }
}
