import { type Colour, surfaces } from '../materials/palettes.ts'
import type { Prop } from '../world/props.ts'
import { addPost, beam } from './furniture-mesh.ts'
import type { Finish, Mesh, Point } from './mesh.ts'

const matte = (colour: Colour, of: Finish['class'] = 'pole'): Finish => ({ class: of, material: 'matte', colour })
const iron = matte([0.17, 0.18, 0.19])
const green = matte([0.18, 0.27, 0.22])
const redPaint = matte([0.62, 0.12, 0.1])
const grey = matte([0.6, 0.6, 0.57])
const poster = matte([0.72, 0.68, 0.6])
const pane: Finish = { class: 'building', material: 'car-glass', colour: surfaces.glass }
const frame = matte([0.3, 0.32, 0.34], 'building')

/** A bollard, bin, hydrant, cabinet, pillar or bus shelter; x of its own frame points to the road. */
export function addProp(mesh: Mesh, { kind, x, y, base, heading }: Prop): void {
  const [cos, sin] = [Math.cos(heading), Math.sin(heading)]
  const at = (out: number, across: number, up: number): Point => [x + cos * out - sin * across, y + sin * out + cos * across, base + up]
  const box = (out: readonly [number, number], half: number, low: number, high: number, finish: Finish): void => {
    beam(mesh, at, out[0], out[1], half, low, high, finish, finish)
    // The back, which a beam leaves open.
    mesh.quad([at(out[0], half, low), at(out[0], -half, low), at(out[0], -half, high), at(out[0], half, high)], finish)
  }
  const lid = (radius: number, up: number, finish: Finish): void => {
    mesh.quad([at(-radius, -radius, up), at(radius, -radius, up), at(radius, radius, up), at(-radius, radius, up)], finish)
  }
  switch (kind) {
    case 'bollard':
      addPost(mesh, x, y, base - 0.1, base + 0.9, 0.07, iron)
      lid(0.05, 0.9, iron)
      return
    case 'bin':
      addPost(mesh, x, y, base - 0.1, base + 0.95, 0.24, green)
      lid(0.19, 0.95, iron)
      return
    case 'hydrant':
      addPost(mesh, x, y, base - 0.1, base + 0.75, 0.12, redPaint)
      box([-0.18, 0.18], 0.06, 0.45, 0.58, redPaint)
      lid(0.1, 0.75, redPaint)
      return
    case 'cabinet':
      box([-0.2, 0.2], 0.5, -0.1, 1.25, grey)
      return
    case 'pillar':
      addPost(mesh, x, y, base - 0.1, base + 2.8, 0.42, poster)
      addPost(mesh, x, y, base + 2.8, base + 3.1, 0.48, green)
      lid(0.36, 3.1, green)
      return
    case 'shelter': {
      box([-0.7, 0.75], 1.9, 2.3, 2.42, frame)
      for (const across of [-1.8, 1.8])
        for (const out of [-0.6, 0.6]) addPost(mesh, ...flat(at(out, across, 0)), base - 0.1, base + 2.3, 0.05, frame)
      box([-0.64, -0.6], 1.8, 0.25, 2.2, pane)
      box([-0.5, -0.15], 1.2, 0.42, 0.48, frame)
    }
  }
}

const flat = ([x, y]: Point): [number, number] => [x, y]
