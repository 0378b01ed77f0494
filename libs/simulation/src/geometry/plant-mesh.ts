import { type Colour, surfaces } from '../materials/palettes.ts'
import type { Tree } from '../world/furniture.ts'
import type { Finish, Mesh, Point } from './mesh.ts'

const birchBark: Finish = { class: 'vegetation', material: 'matte', colour: [0.74, 0.73, 0.69] }
const bark: Finish = { class: 'vegetation', material: 'matte', colour: surfaces.bark }

/** A trunk with a crown of one or two lumpy ellipsoids, or of one tall one; a cone of two tiers; or a bush. */
export function addTree(mesh: Mesh, tree: Tree): void {
  const { x, y, base, height, radius, tint, turn, kind } = tree
  const blend = (a: Colour, b: Colour): Colour => [a[0] + (b[0] - a[0]) * tint, a[1] + (b[1] - a[1]) * tint, a[2] + (b[2] - a[2]) * tint]
  const leaf: Finish = {
    class: 'vegetation',
    material: 'leaf',
    colour: kind === 'conifer' ? surfaces.conifer : blend(surfaces.leafA, surfaces.leafB),
  }
  if (kind === 'bush') {
    addLump(mesh, [x, y, base + height * 0.42], [radius, radius, height * 0.58], turn, leaf, 0)
    return
  }
  const thickness = { broadleaf: 0.16, round: 0.11, poplar: 0.14, birch: 0.09, conifer: 0.13 }[kind]
  addTrunk(mesh, x, y, base - 0.15, base + height * 0.45, thickness, kind === 'birch' ? birchBark : bark)
  if (kind === 'conifer') {
    addCone(mesh, x, y, base + 1.1, base + height * 0.72, radius, leaf)
    addCone(mesh, x, y, base + height * 0.5, base + height, radius * 0.66, leaf)
    return
  }
  if (kind === 'round') {
    addLump(mesh, [x, y, base + height - radius], [radius, radius, radius], turn, leaf, tint)
    return
  }
  if (kind === 'poplar') {
    const half = height * 0.42
    addLump(mesh, [x, y, base + height - half], [radius, radius, half], turn, leaf, tint)
    return
  }
  if (kind === 'birch') {
    addLump(mesh, [x, y, base + height * 0.62], [radius, radius, height * 0.24], turn, leaf, tint)
    addLump(mesh, [x, y, base + height * 0.82], [radius * 0.62, radius * 0.62, height * 0.18], turn * 1.7, leaf, tint)
    return
  }
  const crown = height * 0.31
  addLump(mesh, [x, y, base + height - crown * 1.15], [radius, radius, crown], turn, leaf, tint)
  const side: Point = [x + Math.cos(turn) * radius * 0.55, y + Math.sin(turn) * radius * 0.55, base + height - crown * 1.5]
  addLump(mesh, side, [radius * 0.72, radius * 0.72, crown * 0.7], turn * 1.7, leaf, tint)
}

function addTrunk(mesh: Mesh, x: number, y: number, z0: number, z1: number, r: number, finish: Finish): void {
  const n = 6
  const at = (i: number, z: number, k: number): Point => [
    x + r * k * Math.cos((2 * Math.PI * i) / n),
    y + r * k * Math.sin((2 * Math.PI * i) / n),
    z,
  ]
  for (let i = 0; i < n; i++)
    mesh.quad([at(i, z0, 1.2), at(i + 1, z0, 1.2), at(i + 1, z1, 0.8), at(i, z1, 0.8)], finish, undefined, [0.8, 0.8, 0.7, 0.7])
}

function addCone(mesh: Mesh, x: number, y: number, z0: number, z1: number, r: number, leaf: Finish): void {
  const n = 9
  const slope = r / (z1 - z0)
  const ring = Array.from({ length: n }, (_, i) => {
    const angle = (2 * Math.PI * i) / n
    const wide = r * (i % 2 === 0 ? 1 : 0.86)
    return mesh.vertex(
      [x + wide * Math.cos(angle), y + wide * Math.sin(angle), z0],
      unit(Math.cos(angle), Math.sin(angle), slope),
      leaf,
      [0, 0],
      0.6,
    )
  })
  const tip = mesh.vertex([x, y, z1], [0, 0, 1], leaf, [0, 0])
  const foot = mesh.vertex([x, y, z0 + 0.15], [0, 0, -1], leaf, [0, 0], 0.45)
  for (let i = 0; i < n; i++) {
    mesh.triangle(ring[i], ring[(i + 1) % n], tip)
    mesh.triangle(ring[(i + 1) % n], ring[i], foot)
  }
}

/** An ellipsoid of rings with lumps; darker below, where less sky is seen. */
function addLump(mesh: Mesh, centre: Point, radii: Point, turn: number, leaf: Finish, tint: number): void {
  const columns = 11
  const rings = 5
  const ids: number[][] = []
  for (let r = 0; r <= rings; r++) {
    const polar = (Math.PI * r) / rings
    const row: number[] = []
    for (let c = 0; c < columns; c++) {
      const angle = (2 * Math.PI * c) / columns + turn
      const lump = 1 + 0.1 * Math.sin(angle * 3 + r * 2.1 + tint * 9) + 0.06 * Math.sin(angle * 5 - r * 1.3)
      const n: Point = [Math.sin(polar) * Math.cos(angle), Math.sin(polar) * Math.sin(angle), -Math.cos(polar)]
      const p: Point = [centre[0] + n[0] * radii[0] * lump, centre[1] + n[1] * radii[1] * lump, centre[2] + n[2] * radii[2] * lump]
      row.push(mesh.vertex(p, n, leaf, [0, 0], 0.55 + 0.45 * (r / rings)))
    }
    ids.push(row)
  }
  for (let r = 0; r < rings; r++) {
    for (let c = 0; c < columns; c++) {
      const d = (c + 1) % columns
      const [a, b] = [ids[r], ids[r + 1]]
      if (r > 0) mesh.triangle(a[c], a[d], b[d])
      if (r < rings - 1) mesh.triangle(a[c], b[d], b[c])
    }
  }
}

function unit(x: number, y: number, z: number): Point {
  const length = Math.hypot(x, y, z)
  return [x / length, y / length, z / length]
}
