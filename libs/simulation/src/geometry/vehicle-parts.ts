import { type Colour, surfaces } from '../materials/palettes.ts'
import type { Finish, Mesh, Point } from './mesh.ts'

/** White paint: the instance's own colour multiplies it. Byte a = 1 says so to the shader. */
export const paint: Finish = { class: 'vehicle', material: 'car-paint', colour: [1, 1, 1], a: 1 }
export const glass: Finish = { class: 'vehicle', material: 'car-glass', colour: surfaces.glass }
export const rubber: Finish = { class: 'vehicle', material: 'rubber', colour: surfaces.rubber }
export const trim: Finish = { class: 'vehicle', material: 'rubber', colour: [0.13, 0.13, 0.14] }
export const hub: Finish = { class: 'vehicle', material: 'matte', colour: surfaces.hub }
export const headlight: Finish = { class: 'vehicle', material: 'headlight', colour: [0.85, 0.87, 0.88] }
export const tailLight: Finish = { class: 'vehicle', material: 'tail-light', colour: [0.55, 0.07, 0.06] }
export const plate: Finish = { class: 'vehicle', material: 'matte', colour: [0.85, 0.85, 0.8] as Colour }

/** A wheel whose outer face lies in the plane y = side * half. */
export function wheel(mesh: Mesh, x: number, side: number, half: number, radius: number, thickness = 0.24): void {
  const segments = 12
  const outer = side * half
  const inner = side * (half - thickness)
  const ring = (r: number, y: number, i: number): Point => [
    x + r * Math.cos((2 * Math.PI * i) / segments),
    y,
    radius + r * Math.sin((2 * Math.PI * i) / segments),
  ]
  const face = (corners: [Point, Point, Point, Point], finish: Finish): void => {
    mesh.quad(side < 0 ? corners : [corners[3], corners[2], corners[1], corners[0]], finish)
  }
  for (let i = 0; i < segments; i++) {
    face([ring(radius, outer, i), ring(radius, inner, i), ring(radius, inner, i + 1), ring(radius, outer, i + 1)], rubber)
    face([ring(radius * 0.6, outer, i), ring(radius, outer, i), ring(radius, outer, i + 1), ring(radius * 0.6, outer, i + 1)], rubber)
    if (i % 2 === 0) {
      const centre: Point = [x, outer, radius]
      face([centre, ring(radius * 0.6, outer, i), ring(radius * 0.6, outer, i + 1), ring(radius * 0.6, outer, i + 2)], hub)
    }
  }
}

/** A dark half disc over a wheel, a hair outside the body's side: the wheel arch. */
export function wheelArch(mesh: Mesh, x: number, side: number, y: number, radius: number, centre: number): void {
  const segments = 6
  const at = (i: number): Point => {
    const angle = (Math.PI * i) / segments
    return [x + radius * Math.cos(angle), side * y, centre + radius * Math.sin(angle)]
  }
  for (let i = 0; i < segments; i += 2) {
    const quad: [Point, Point, Point, Point] = [[x, side * y, centre], at(i), at(i + 1), at(i + 2)]
    mesh.quad(side < 0 ? quad : [quad[3], quad[2], quad[1], quad[0]], trim)
  }
}
