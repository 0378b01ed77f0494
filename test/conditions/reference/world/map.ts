import type { LaneLine, MapElement, TrafficLight, Vec3 } from '@virga/scenario'
import { type Frame, pointsOf } from '../frame.ts'
import { subdivide } from '../hdmap/lines.ts'
import { boxPath } from '../hdmap/palette.ts'
import type { Rgb } from '../raster/canvas.ts'
import { faces } from './boxes.ts'
import { dash, fineStep, shiftLeft } from './dashes.ts'
import { keptByHeight } from './height-filter.ts'
import { colours, type Flavour, lightColours, lookOf, widths } from './palette.ts'
import type { Pen } from './pen.ts'
import { constrainedDelaunay, delaunay } from './triangulate.ts'

/** Metres between the points of lines that carry no pattern, and of outlines. */
const lineStep = { dd: 0.2, t25: 0.8 } as const
const outlineStep = 0.8
const dualOffset = 0.1

/** Draws one map element as the flavour does (sections 3.2 to 3.4). */
export function drawElement(pen: Pen, frame: Frame, element: MapElement, flavour: Flavour): void {
  switch (element.kind) {
    case 'lane':
      return
    case 'lane-line':
      return drawLaneLine(pen, frame, element, flavour)
    case 'road-boundary':
    case 'wait-line':
    case 'pole': {
      const points = pointsOf(element.line)
      if (flavour === 'dd' && !keptByHeight(frame, points)) return
      const width = element.kind === 'pole' ? widths.pole : widths.line
      return drawLine(pen, subdivide(points, lineStep[flavour]), width, colours[element.kind])
    }
    case 'crosswalk':
    case 'road-marking':
      return drawSurface(pen, frame, element.kind, pointsOf(element.ring), flavour)
    case 'traffic-sign': {
      const corners = pointsOf(element.corners)
      const triangles = flavour === 'dd' ? fan(boxPath.map((i) => corners[i])) : faces.map((face) => face.map((i) => corners[i]))
      return fill(pen, triangles, colours['traffic-sign'])
    }
    case 'traffic-light': {
      const corners = pointsOf(element.corners)
      return fill(pen, fan(boxPath.map((i) => corners[i])), lightColours[stateAt(element, frame.timeUs)])
    }
  }
}

function drawLaneLine(pen: Pen, frame: Frame, element: LaneLine, flavour: Flavour): void {
  const look = lookOf(element, flavour)
  const points = pointsOf(element.line)
  if (look === undefined || (flavour === 'dd' && !keptByHeight(frame, points))) return
  const fine = subdivide(points, fineStep)
  const dual = look.strokes.length === 2
  look.strokes.forEach((pattern, side) => {
    const own = dual ? shiftLeft(fine, side === 0 ? dualOffset : -dualOffset) : fine
    for (const [from, to] of dash(own, pattern, flavour)) pen.stroke(from, to, look.width, look.colour)
  })
}

function drawSurface(pen: Pen, frame: Frame, kind: 'crosswalk' | 'road-marking', ring: readonly Vec3[], flavour: Flavour): void {
  if (flavour === 'dd' && !keptByHeight(frame, ring)) return
  const outline = subdivide([...ring, ring[0]], outlineStep).slice(0, -1)
  const constrained = (): readonly (readonly Vec3[])[] => (kind === 'crosswalk' ? constrainedDelaunay(outline) : fan(ring))
  fill(pen, flavour === 'dd' ? constrained() : delaunay(outline), colours[kind])
}

function drawLine(pen: Pen, points: readonly Vec3[], width: number, colour: Rgb): void {
  for (let i = 1; i < points.length; i++) pen.stroke(points[i - 1], points[i], width, colour)
}

function fill(pen: Pen, triangles: readonly (readonly Vec3[])[], colour: Rgb): void {
  for (const triangle of triangles) pen.triangle(triangle.map((point) => [point, colour] as const))
}

const fan = (path: readonly Vec3[]): Vec3[][] => path.slice(2).map((point, i) => [path[0], path[i + 1], point])

function stateAt({ states }: TrafficLight, timeUs: number): keyof typeof lightColours {
  const index = states?.timesUs.findLastIndex((time) => time <= timeUs) ?? -1
  return states === undefined || index < 0 ? 'unknown' : states.state[index]
}
