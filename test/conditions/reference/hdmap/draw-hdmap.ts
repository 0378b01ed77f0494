import type { MapElement, Vec3 } from '@virga/scenario'
import { type Frame, pointsOf } from '../frame.ts'
import { type Canvas, createCanvas, mergeMax } from '../raster/canvas.ts'
import { drawHull } from './hulls.ts'
import { drawPolyline } from './lines.ts'
import { boxClassOf, boxColours, boxPath, mapLayers } from './palette.ts'

const lineWidth = 8
const boxWidth = 5

/** One picture in style hdmap-v1, before any resize: every layer on a canvas of its own, merged by the greater value. */
export function drawHdmap(frame: Frame): Canvas {
  const { width, height } = frame
  const picture = createCanvas(width, height)
  for (const [kind, layer] of Object.entries(mapLayers)) {
    const canvas = createCanvas(width, height)
    for (const element of frame.map) {
      if (element.kind !== kind) continue
      if (layer.shape === 'line') drawPolyline(canvas, frame, verticesOf(element), { ...layer, thickness: lineWidth })
      else drawHull(canvas, frame, verticesOf(element), layer.colour)
    }
    mergeMax(picture, canvas)
  }
  const sorted = [...frame.boxes].sort((a, b) => (a.id < b.id ? -1 : 1))
  for (const [name, colour] of Object.entries(boxColours)) {
    const canvas = createCanvas(width, height)
    for (const box of sorted) {
      if (boxClassOf(box) !== name) continue
      const path = boxPath.map((corner) => box.corners[corner])
      drawPolyline(canvas, frame, path, { thickness: boxWidth, colour })
    }
    mergeMax(picture, canvas)
  }
  return picture
}

function verticesOf(element: MapElement): Vec3[] {
  switch (element.kind) {
    case 'lane':
      return []
    case 'crosswalk':
    case 'road-marking':
      return pointsOf(element.ring)
    case 'traffic-sign':
    case 'traffic-light': {
      const corners = pointsOf(element.corners)
      return boxPath.map((corner) => corners[corner])
    }
    default:
      return pointsOf(element.line)
  }
}
