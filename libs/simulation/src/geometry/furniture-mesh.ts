import { surfaces } from '../materials/palettes.ts'
import type { Lamp } from '../world/furniture.ts'
import type { Finish, Mesh, Point } from './mesh.ts'

const metal: Finish = { class: 'pole', material: 'matte', colour: surfaces.pole }
const head: Finish = { class: 'pole', material: 'lamp', colour: [0.8, 0.8, 0.76] }

/** Where a lamp's light comes from. */
export function lampHead(lamp: Lamp): Point {
  return [lamp.x + Math.cos(lamp.heading) * lamp.arm, lamp.y + Math.sin(lamp.heading) * lamp.arm, lamp.base + lamp.height - 0.1]
}

export function addLamp(mesh: Mesh, lamp: Lamp): void {
  const { x, y, base, height, heading, arm } = lamp
  addPost(mesh, x, y, base, base + height, 0.085)
  const cos = Math.cos(heading)
  const sin = Math.sin(heading)
  const at = (along: number, across: number, up: number): Point => [
    x + cos * along - sin * across,
    y + sin * along + cos * across,
    base + height + up,
  ]
  beam(mesh, at, 0, arm - 0.3, 0.045, -0.05, 0.05, metal, metal)
  beam(mesh, at, arm - 0.4, arm + 0.35, 0.15, -0.1, 0.04, metal, head)
}

/** A horizontal box in the frame of `at`; the finish below may differ from the rest. */
export function beam(
  mesh: Mesh,
  at: (along: number, across: number, up: number) => Point,
  a: number,
  b: number,
  half: number,
  low: number,
  high: number,
  finish: Finish,
  below: Finish,
): void {
  mesh.quad([at(a, -half, high), at(b, -half, high), at(b, half, high), at(a, half, high)], finish)
  mesh.quad([at(a, half, low), at(b, half, low), at(b, -half, low), at(a, -half, low)], below)
  mesh.quad([at(a, -half, low), at(b, -half, low), at(b, -half, high), at(a, -half, high)], below)
  mesh.quad([at(b, half, low), at(a, half, low), at(a, half, high), at(b, half, high)], below)
  mesh.quad([at(b, -half, low), at(b, half, low), at(b, half, high), at(b, -half, high)], below)
}

/** An upright hexagonal post. */
export function addPost(mesh: Mesh, x: number, y: number, z0: number, z1: number, r: number, finish = metal): void {
  const n = 6
  const at = (i: number, z: number): Point => [x + r * Math.cos((2 * Math.PI * i) / n), y + r * Math.sin((2 * Math.PI * i) / n), z]
  for (let i = 0; i < n; i++) mesh.quad([at(i, z0), at(i + 1, z0), at(i + 1, z1), at(i, z1)], finish, undefined, [0.8, 0.8, 1, 1])
}
