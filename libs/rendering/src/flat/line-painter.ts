import type { Projector } from '../camera/projector.ts'
import { mayBeSeen, toCamera, type View } from '../camera/view.ts'
import type { FlatDescription, Rgb } from './description.ts'
import type { LineBrush } from './line-brush.ts'
import type { Chunk, ChunkedLine, LineSet } from './line-set.ts'
import { horizon, SampleRun } from './sample-run.ts'
import { shade } from './shade.ts'

export interface LineLook {
  readonly rgb: Rgb
  readonly thickness: number
}

/**
 * Draws polylines sample by sample: each piece between two samples in the colour of its mean depth, between ends rounded to whole pixels.
 *
 * A polyline is left out when none of its samples falls into the picture or all of it lies beyond the far distance; a piece that crosses
 * the camera plane is cut a little in front of it (Cosmos-Drive-Dreams, minimap_utils.py and camera/base.py; where exactly ends are
 * rounded or truncated was found by comparing frames).
 */
export class LinePainter {
  readonly #description: FlatDescription
  readonly #projector: Projector
  readonly #brush: LineBrush
  readonly #width: number
  readonly #height: number
  readonly #samples: SampleRun

  constructor(description: FlatDescription, projector: Projector, brush: LineBrush, width: number, height: number) {
    this.#description = description
    this.#projector = projector
    this.#brush = brush
    this.#width = width
    this.#height = height
    this.#samples = new SampleRun(projector, width, height)
  }

  drawSet(set: LineSet, look: LineLook, view: View): void {
    for (const line of set.lines) this.#drawLine(set, line, look, view)
  }

  /** @param ends six values per edge in the local frame: edges that are one polyline, each drawn as one piece */
  drawEdges(ends: Float64Array, look: LineLook, view: View): void {
    this.#samples.begin(look.thickness)
    for (let at = 0; at + 5 < ends.length; at += 6) this.#samples.addEdge(view.world_to_camera, ends, at, 1, false)
    if (this.#anyInPicture() && this.#anyNearer(this.#description.shading.far)) this.#drawSamples(look)
  }

  #drawLine({ ends, pieces }: LineSet, line: ChunkedLine, look: LineLook, view: View): void {
    const { far } = this.#description.shading
    if (!mayBeSeen(line, view, far)) return
    this.#samples.begin(look.thickness)
    let previous = -1
    for (const chunk of line.chunks) {
      if (line.chunks.length > 1 && !mayBeSeen(chunk, view, horizon)) continue
      for (let edge = chunk.first; edge < chunk.first + chunk.count; edge += 1) {
        this.#samples.addEdge(view.world_to_camera, ends, edge * 6, pieces[edge], edge - 1 === previous && touch(ends, edge))
        previous = edge
      }
    }
    if (this.#anyInPicture() && (this.#anyNearer(far) || anyVertexNearer(ends, line, view, far))) this.#drawSamples(look)
  }

  #anyInPicture(): boolean {
    const { count, u, v } = this.#samples
    for (let i = 0; i < count; i += 1) if (u[i] >= 0 && u[i] < this.#width && v[i] >= 0 && v[i] < this.#height) return true
    return false
  }

  #anyNearer(far: number): boolean {
    const { count, z } = this.#samples
    for (let i = 0; i < count; i += 1) if (z[i] <= far) return true
    return false
  }

  #drawSamples(look: LineLook): void {
    const { count, u, v, z, joined } = this.#samples
    // A piece is drawn when it is known whether the next one starts on its end, and so covers its end's disc: a dot then whole.
    let piece = -1
    for (let i = 1; i < count; i += 1) {
      if (joined[i] === 0 || (z[i - 1] < 0 && z[i] < 0)) continue
      if (z[i - 1] >= 0 && z[i] >= 0) {
        if (u[i - 1] !== u[i - 1] || u[i] !== u[i]) continue
        if (piece >= 0) this.#drawPiece(piece, look, u[i - 1] === u[piece] && v[i - 1] === v[piece] && this.#isInPicture(piece))
        piece = i
      } else {
        if (piece >= 0) this.#drawPiece(piece, look, false)
        piece = -1
        this.#drawCut(i, look)
      }
    }
    if (piece >= 0) this.#drawPiece(piece, look, false)
  }

  #isInPicture(i: number): boolean {
    const { u, v } = this.#samples
    return u[i] >= 0 && u[i] < this.#width && v[i] >= 0 && v[i] < this.#height
  }

  /** The piece that ends at sample i, both ends in front of the camera. */
  #drawPiece(i: number, { rgb, thickness }: LineLook, covered: boolean): void {
    const { u, v, z } = this.#samples
    this.#brush.draw(u[i - 1], v[i - 1], u[i], v[i], thickness, this.#shadeBetween(rgb, z[i - 1], z[i]), covered)
  }

  /** A piece with one end behind the camera: that end moves to a share of the depth range in front of it, and both are truncated. */
  #drawCut(i: number, { rgb, thickness }: LineLook): void {
    const { x, y, z } = this.#samples
    const [front, behind] = z[i] < 0 ? [i - 1, i] : [i, i - 1]
    const t = -z[behind] / (z[front] - z[behind]) + this.#description.nearClip.lines
    const projector = this.#projector
    projector.project(x[front], y[front], z[front])
    const ends = [Math.trunc(projector.u), Math.trunc(projector.v)]
    projector.project(t * x[front] + (1 - t) * x[behind], t * y[front] + (1 - t) * y[behind], t * z[front] + (1 - t) * z[behind])
    ends.push(Math.trunc(projector.u), Math.trunc(projector.v))
    if (!ends.every((value) => Math.abs(value) < 2 ** 31)) return
    const [u0, v0, u1, v1] = front < behind ? ends : [ends[2], ends[3], ends[0], ends[1]]
    this.#brush.draw(u0, v0, u1, v1, thickness, this.#shadeBetween(rgb, z[i - 1], z[i]))
  }

  /** Mean of the two depths, each clamped to 0..far. */
  #shadeBetween(rgb: Rgb, a: number, b: number): number {
    const { shading } = this.#description
    const clamped = (z: number): number => (z < 0 ? 0 : z < shading.far ? z : shading.far)
    return shade(rgb, (clamped(a) + clamped(b)) / 2, shading)
  }
}

/** Whether an edge starts where the one before it ends. */
function touch(ends: Float64Array, edge: number): boolean {
  const at = edge * 6
  return ends[at] === ends[at - 3] && ends[at + 1] === ends[at - 2] && ends[at + 2] === ends[at - 1]
}

function anyVertexNearer(ends: Float64Array, { first, count }: Chunk, { world_to_camera }: View, far: number): boolean {
  for (let at = first * 6; at < (first + count) * 6; at += 3) {
    if (toCamera(world_to_camera, ends[at], ends[at + 1], ends[at + 2])[2] <= far) return true
  }
  return false
}
