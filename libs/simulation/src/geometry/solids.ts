import type { Finish, Mesh, Point } from './mesh.ts'

/** A round bar from a to b whose ends have the given radii (metres), without caps. */
export function bar(mesh: Mesh, a: Point, b: Point, radii: readonly [number, number], finish: Finish, corners = 6): void {
  const axis = unit([b[0] - a[0], b[1] - a[1], b[2] - a[2]])
  const u = unit(cross(Math.abs(axis[2]) < 0.8 ? [0, 0, 1] : [1, 0, 0], axis))
  const v = cross(axis, u)
  const ring = (at: Point, radius: number): number[] =>
    Array.from({ length: corners }, (_, i) => {
      const [c, s] = [Math.cos((2 * Math.PI * i) / corners), Math.sin((2 * Math.PI * i) / corners)]
      const n: Point = [c * u[0] + s * v[0], c * u[1] + s * v[1], c * u[2] + s * v[2]]
      return mesh.vertex([at[0] + radius * n[0], at[1] + radius * n[1], at[2] + radius * n[2]], n, finish, [at[0], at[2]])
    })
  joinRings(mesh, ring(a, radii[0]), ring(b, radii[1]))
}

/** An ellipsoid by its centre and half axes. */
export function ellipsoid(mesh: Mesh, centre: Point, half: Point, finish: Finish, corners = 8, flag = 0): void {
  const rings = [-1, -0.6, 0, 0.6, 1].map((t) => {
    const [z, r] = [Math.sin((t * Math.PI) / 2), Math.cos((t * Math.PI) / 2)]
    return Array.from({ length: corners }, (_, i) => {
      const [c, s] = [Math.cos((2 * Math.PI * i) / corners) * r, Math.sin((2 * Math.PI * i) / corners) * r]
      const p: Point = [centre[0] + half[0] * c, centre[1] + half[1] * s, centre[2] + half[2] * z]
      return mesh.vertex(p, unit([c / half[0], s / half[1], z / half[2]]), finish, [p[0], p[2]], 1, flag)
    })
  })
  for (let r = 0; r + 1 < rings.length; r++) joinRings(mesh, rings[r], rings[r + 1])
}

/** Triangles between two rings of as many corners, seen from outside. */
export function joinRings(mesh: Mesh, a: readonly number[], b: readonly number[]): void {
  for (let i = 0; i < a.length; i++) {
    const j = (i + 1) % a.length
    mesh.triangle(a[i], a[j], b[j])
    mesh.triangle(a[i], b[j], b[i])
  }
}

/** A flat wall of one side of a body (side 1 = left, -1 = right) from x0 to x1 and z0 to z1; y may differ between foot and head. */
export function sidePanel(
  mesh: Mesh,
  side: number,
  [x0, x1]: readonly [number, number],
  [z0, z1]: readonly [number, number],
  [foot, head]: readonly [number, number],
  finish: Finish,
): void {
  const quad: [Point, Point, Point, Point] = [
    [x0, side * foot, z0],
    [x0, side * head, z1],
    [x1, side * head, z1],
    [x1, side * foot, z0],
  ]
  mesh.quad(side > 0 ? quad : [quad[3], quad[2], quad[1], quad[0]], finish)
}

/** A wall across a body between two heights, each with its own x and half width, that looks forward (1) or back (-1). */
export function endPanel(
  mesh: Mesh,
  facing: number,
  [x0, half0, z0]: readonly [number, number, number],
  [x1, half1, z1]: readonly [number, number, number],
  finish: Finish,
): void {
  const quad: [Point, Point, Point, Point] = [
    [x0, -half0, z0],
    [x0, half0, z0],
    [x1, half1, z1],
    [x1, -half1, z1],
  ]
  mesh.quad(facing > 0 ? quad : [quad[1], quad[0], quad[3], quad[2]], finish)
}

function cross(a: Point, b: Point): Point {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

function unit(a: Point): Point {
  const length = Math.hypot(...a) || 1
  return [a[0] / length, a[1] / length, a[2] / length]
}
