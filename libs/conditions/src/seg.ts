import { VirgaError } from '@virga/errors'
import { type RgbImage, type SegClass, segClasses } from '@virga/scenario'
import { type Rgb, type SegPalette, type SegPaletteName, segPalettes } from './seg-palettes.ts'

/** Classes of one frame, and tracks where they are known: labels and simulation give them. */
export interface SegImage {
  readonly width: number
  readonly height: number
  /** width * height ids of `segClasses`. */
  readonly classes: Uint8Array
  /** width * height: 0 = none, else a number of the object. */
  readonly tracks?: Uint16Array
}

/** How `seg` is painted: by class in a palette, or every object and class in a random colour of its own. */
export type SegLook = { readonly palette: SegPaletteName | SegPalette } | { readonly random: { readonly seed: number } }

/** Nothing stands for these where colours are random: the official masks are those of detected things, the rest is black. */
const background: readonly SegClass[] = ['sky', 'terrain']

/**
 * The `seg` control. With a palette each class has its colour. With random colours, each track and each class that is no track has one: HSV with
 * h in 0..1, s in 0.1..1, v in 0.2..1, black background, as the official pre-processing paints its masks (cosmos-transfer1,
 * auxiliary/sam2). Its order from large to small settles masks that overlap; labels are per pixel, so none do. A thing keeps its colour as long as
 * the seed and its number stay.
 *
 * @throws VirgaError VIRGA_BAD_INPUT for a class id that is none
 */
export async function* segControl(
  frames: AsyncIterable<SegImage> | Iterable<SegImage>,
  look: SegLook = { palette: 'cityscapes' },
): AsyncGenerator<RgbImage, void> {
  for await (const frame of frames) yield segPicture(frame, look)
}

/** One frame of `segControl`. */
export function segPicture({ width, height, classes, tracks }: SegImage, look: SegLook = { palette: 'cityscapes' }): RgbImage {
  const wrong = classes.find((id) => id >= segClasses.length)
  if (wrong !== undefined) {
    throw new VirgaError('VIRGA_BAD_INPUT', `class ${wrong} in a picture of classes`, { expected: `0 to ${segClasses.length - 1}` })
  }
  const data = new Uint8Array(width * height * 3)
  const colourOf = 'random' in look ? randomColours(look.random.seed) : paletteColours(look.palette)
  for (let i = 0, out = 0; i < classes.length; i++) {
    const [r, g, b] = colourOf(classes[i], tracks === undefined ? 0 : tracks[i])
    data[out++] = r
    data[out++] = g
    data[out++] = b
  }
  return { width, height, data }
}

/** @throws VirgaError VIRGA_UNKNOWN_NAME listing the palettes */
export function segPaletteNamed(name: string): SegPaletteName {
  if (Object.hasOwn(segPalettes, name)) return name as SegPaletteName
  throw new VirgaError('VIRGA_UNKNOWN_NAME', `palette ${name}`, { expected: Object.keys(segPalettes).join(', ') })
}

function paletteColours(palette: SegPaletteName | SegPalette): (id: number) => Rgb {
  const colours = segClasses.map((name) => (typeof palette === 'string' ? segPalettes[palette] : palette)[name])
  return (id) => colours[id]
}

function randomColours(seed: number): (id: number, track: number) => Rgb {
  const known = new Map<number, Rgb>()
  const blank = background.map((name) => segClasses.indexOf(name))
  return (id, track) => {
    const key = track > 0 ? segClasses.length + track : id
    let colour = known.get(key)
    if (colour === undefined) {
      const random = numbers(seed, key)
      colour = track === 0 && blank.includes(id) ? [0, 0, 0] : fromHsv(random(), 0.1 + 0.9 * random(), 0.2 + 0.8 * random())
      known.set(key, colour)
    }
    return colour
  }
}

/** Numbers in 0..1 of a thing under a seed (mulberry32). */
function numbers(seed: number, key: number): () => number {
  let state = (Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(key + 1, 0xc2b2ae35)) >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** h, s, v in 0..1 (Smith 1978). */
function fromHsv(h: number, s: number, v: number): Rgb {
  const at = (n: number): number => {
    const k = (n + h * 6) % 6
    return Math.trunc(255 * (v - v * s * Math.max(0, Math.min(k, 4 - k, 1))))
  }
  return [at(5), at(3), at(1)]
}
