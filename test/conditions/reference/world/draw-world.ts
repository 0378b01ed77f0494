import type { MapElement } from '@virga/scenario'
import type { Frame, FrameBox } from '../frame.ts'
import { boxClassOf } from '../hdmap/palette.ts'
import type { Canvas } from '../raster/canvas.ts'
import { drawBox } from './boxes.ts'
import { drawElement } from './map.ts'
import { boxColours, type Flavour } from './palette.ts'
import { Pen } from './pen.ts'

type Kind = MapElement['kind']

/** What is drawn first wins where depths are equal. */
const order: Record<Flavour, readonly Kind[]> = {
  dd: ['road-boundary', 'crosswalk', 'road-marking', 'wait-line', 'pole', 'traffic-sign', 'lane-line', 'traffic-light'],
  t25: ['road-boundary', 'wait-line', 'lane-line', 'pole', 'crosswalk', 'road-marking', 'traffic-sign', 'traffic-light'],
}

/** One picture in style world-scenario-v3 before any resize (sections 3.2 to 3.4). */
export function drawWorld(frame: Frame, flavour: Flavour): Canvas {
  const pen = new Pen(frame, flavour)
  for (const kind of order[flavour]) {
    for (const element of frame.map) if (element.kind === kind) drawElement(pen, frame, element, flavour)
  }
  const sorted = [...frame.boxes].sort((a, b) => (a.id < b.id ? -1 : 1))
  const classes = Object.keys(boxColours)
  const rank = (box: FrameBox): number => (flavour === 'dd' ? classes.indexOf(boxClassOf(box)) : 0)
  for (const box of sorted.sort((a, b) => rank(a) - rank(b))) drawBox(pen, box)
  return pen.target.resolve()
}
