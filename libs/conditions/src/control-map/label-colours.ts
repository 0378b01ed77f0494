import { VirgaError } from '@virga/errors'
import type { RgbImage } from '@virga/scenario'

/** A label of a segmentation picture and the colour it is painted in. */
export interface LabelColour {
  readonly label: string
  readonly colour: readonly [red: number, green: number, blue: number]
}

const bad = (what: string, file: string, field?: string): VirgaError =>
  new VirgaError('VIRGA_BAD_INPUT', what, {
    file,
    ...(field === undefined ? {} : { field }),
    expected: '{"(200, 30, 30)": "label"}, {"(200, 30, 30, 255)": {"class": "label"}} or {"label": [200, 30, 30]}',
  })

/**
 * The labels of a JSON file: by colour, as simulators write them, or by label.
 *
 * @throws VirgaError VIRGA_BAD_INPUT naming the file and the entry
 */
export function labelColours(text: string, file: string): LabelColour[] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new VirgaError('VIRGA_BAD_INPUT', 'the file of label colours is no JSON', { file }, { cause })
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw bad('the file of label colours holds no labels', file)
  const labels = Object.entries(value).map(([key, entry]) => labelOf(key, entry) ?? key)
  const wrong = labels.find((label) => typeof label === 'string')
  if (wrong !== undefined) throw bad('this is no label with a colour', file, wrong.slice(0, 100))
  if (labels.length === 0) throw bad('the file of label colours is empty', file)
  return labels as LabelColour[]
}

function labelOf(key: string, entry: unknown): LabelColour | undefined {
  const colour = (numbers: readonly unknown[] | undefined): LabelColour['colour'] | undefined =>
    numbers !== undefined &&
    (numbers.length === 3 || numbers.length === 4) &&
    numbers.every((level) => Number.isInteger(level) && (level as number) >= 0 && (level as number) <= 255)
      ? [numbers[0] as number, numbers[1] as number, numbers[2] as number]
      : undefined
  if (Array.isArray(entry)) {
    const found = colour(entry)
    return found === undefined ? undefined : { label: key, colour: found }
  }
  const found = colour(/^\((\s*\d+\s*(,\s*\d+\s*){2,3})\)$/.exec(key)?.[1].split(',').map(Number))
  const label: unknown = typeof entry === 'object' && entry !== null ? (entry as { class?: unknown }).class : entry
  return found === undefined || typeof label !== 'string' ? undefined : { label, colour: found }
}

/**
 * 255 where a pixel's nearest label (Euclidean distance in RGB; the first of equals) contains one of the words, else 0
 * (cosmos-transfer1, robot_augmentation/spatial_temporal_weight.py).
 */
export function nearestLabelMask(image: RgbImage, labels: readonly LabelColour[], words: readonly string[]): Uint8Array {
  const values = labels.map(({ label }) => (words.some((word) => label.includes(word)) ? 255 : 0))
  const known = new Map<number, number>()
  const { data } = image
  const result = new Uint8Array(image.width * image.height)
  for (let i = 0; i < result.length; i++) {
    const [r, g, b] = [data[3 * i], data[3 * i + 1], data[3 * i + 2]]
    const key = (r << 16) | (g << 8) | b
    let value = known.get(key)
    if (value === undefined) {
      value = values[nearest(r, g, b, labels)]
      known.set(key, value)
    }
    result[i] = value
  }
  return result
}

function nearest(r: number, g: number, b: number, labels: readonly LabelColour[]): number {
  let best = 0
  let least = Infinity
  labels.forEach(({ colour }, index) => {
    const distance = (r - colour[0]) ** 2 + (g - colour[1]) ** 2 + (b - colour[2]) ** 2
    if (distance < least) {
      best = index
      least = distance
    }
  })
  return best
}
