import type { RgbImage } from '@virga/scenario'

/** Pixels that a component of box colour must have to be one: codec noise has fewer. */
const smallest = 24
/** Gap in pixels that a component reaches over: lines of one box are so near one another, or hidden that far under lanes that they cross. */
const reach = 6
/** Pixels to each side of a box that its lines, the resize and the codec's ringing reach. */
const margin = 10

/**
 * Where a picture shows boxes, told by their colours alone (so not by what the picture is compared with): connected pixels of the
 * colours of boxes, each with the whole rectangle around it and a margin.
 *
 * @returns 1 for pixels that belong to a box
 */
export function boxMask({ width, height, data }: RgbImage): Uint8Array {
  const boxy = new Uint8Array(width * height)
  for (let p = 0; p < boxy.length; p += 1) boxy[p] = isBoxColour(data[p * 3], data[p * 3 + 1], data[p * 3 + 2]) ? 1 : 0
  const mask = new Uint8Array(width * height)
  for (let start = 0; start < boxy.length; start += 1) {
    if (boxy[start] !== 1) continue
    const { pixels, left, top, right, bottom } = fill(boxy, width, height, start)
    if (pixels < smallest) continue
    for (let y = Math.max(top - margin, 0); y <= Math.min(bottom + margin, height - 1); y += 1) {
      mask.fill(1, y * width + Math.max(left - margin, 0), y * width + Math.min(right + margin, width - 1) + 1)
    }
  }
  return mask
}

/**
 * Pure red, green, blue, yellow or white, which no map layer is at any depth (road boundaries have 18 % of green in their red); or the red of a
 * box over the blue of lane lines, which boundaries over lane lines can be too.
 */
function isBoxColour(red: number, green: number, blue: number): boolean {
  const most = Math.max(red, green, blue)
  if (most < 70) return false
  const isPure = [red, green, blue].every((value) => value > 0.9 * most || value < 0.06 * most)
  return isPure || (red > 100 && red > blue && blue > 0.35 * red)
}

interface Component {
  pixels: number
  left: number
  top: number
  right: number
  bottom: number
}

/** Takes a connected component (reaching over gaps) out of `boxy`. */
function fill(boxy: Uint8Array, width: number, height: number, start: number): Component {
  const component: Component = { pixels: 0, left: width, top: height, right: 0, bottom: 0 }
  const open = [start]
  boxy[start] = 2
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const [x, y] = [at % width, Math.floor(at / width)]
    component.pixels += 1
    component.left = Math.min(component.left, x)
    component.right = Math.max(component.right, x)
    component.top = Math.min(component.top, y)
    component.bottom = Math.max(component.bottom, y)
    for (let v = Math.max(y - reach, 0); v <= Math.min(y + reach, height - 1); v += 1) {
      for (let u = Math.max(x - reach, 0); u <= Math.min(x + reach, width - 1); u += 1) {
        if (boxy[v * width + u] !== 1) continue
        boxy[v * width + u] = 2
        open.push(v * width + u)
      }
    }
  }
  return component
}
