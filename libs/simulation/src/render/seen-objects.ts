import type { Silhouette } from './silhouette.ts'

/** Numbers of actors per pixel, and what each would cover alone. */
export interface InstanceTruth {
  /** Number of the actor that a pixel shows, 0 = none; row-major. */
  readonly ids: Uint16Array
  readonly silhouettes: readonly Silhouette[]
}

/** A rectangle of pixels: x1 and y1 are past the last ones. */
export interface PixelBox {
  readonly x0: number
  readonly y0: number
  readonly x1: number
  readonly y1: number
}

/** One actor in a picture. */
export interface SeenObject {
  /** Its value in the instance picture. */
  readonly number: number
  /** Id of its track in the scenario. */
  readonly id: string
  readonly visiblePixels: number
  /** Tight box of the visible pixels; absent where everything is hidden. */
  readonly box?: PixelBox
  /** Share 0..1 of its pixels in the picture that something else hides. */
  readonly occlusion: number
  /** Tight box of all its pixels in the picture, hidden ones too. */
  readonly fullBox: PixelBox
}

/** Boxes and occlusion of all actors that reach into a picture, nearest first. */
export function seenObjects({ ids, silhouettes }: InstanceTruth, width: number): SeenObject[] {
  const visible = new Map<number, { count: number; x0: number; y0: number; x1: number; y1: number }>()
  for (let i = 0; i < ids.length; i++) {
    if (ids[i] === 0) continue
    const [x, y] = [i % width, Math.floor(i / width)]
    const seen = visible.get(ids[i])
    if (seen === undefined) {
      visible.set(ids[i], { count: 1, x0: x, y0: y, x1: x + 1, y1: y + 1 })
      continue
    }
    seen.count++
    seen.x0 = Math.min(seen.x0, x)
    seen.x1 = Math.max(seen.x1, x + 1)
    seen.y1 = y + 1
  }
  return silhouettes.flatMap((silhouette) => {
    const { number, id } = silhouette
    const seen = visible.get(number)
    const { covered, box } = extentOf(silhouette)
    if (seen === undefined && covered === 0) return []
    const { count: visiblePixels = 0, ...tight } = seen ?? {}
    const seenBox = seen === undefined ? {} : { box: tight as PixelBox }
    return [
      {
        number,
        id,
        visiblePixels,
        ...seenBox,
        occlusion: Math.max(0, 1 - visiblePixels / Math.max(1, covered)),
        fullBox: union(box, seen),
      },
    ]
  })
}

function extentOf({ mask, ...window }: Silhouette): { covered: number; box: PixelBox } {
  let covered = 0
  let [x0, y0, x1, y1] = [Infinity, Infinity, -Infinity, -Infinity]
  const stride = window.x1 - window.x0
  for (let i = 0; i < mask.length; i++) {
    if (mask[i] === 0) continue
    covered++
    const [x, y] = [window.x0 + (i % stride), window.y0 + Math.floor(i / stride)]
    if (x < x0) x0 = x
    if (x >= x1) x1 = x + 1
    if (y < y0) y0 = y
    y1 = y + 1
  }
  return { covered, box: { x0, y0, x1, y1 } }
}

/** What is drawn at several samples per pixel may reach a pixel beyond the silhouette. */
function union(a: PixelBox, b: PixelBox | undefined): PixelBox {
  if (b === undefined) return a
  return { x0: Math.min(a.x0, b.x0), y0: Math.min(a.y0, b.y0), x1: Math.max(a.x1, b.x1), y1: Math.max(a.y1, b.y1) }
}
