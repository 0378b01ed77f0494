/**
 * Stops of the heat map in OKLCH (lightness, chroma, hue in degrees), evenly spaced from weight 0 to 1: lightness rises by equal steps, so equal
 * steps of weight look equal, in grey print and to the colour-blind too.
 */
const stops = [
  [0.28, 0.12, 285],
  [0.4, 0.18, 305],
  [0.52, 0.2, 350],
  [0.64, 0.19, 30],
  [0.76, 0.16, 65],
  [0.88, 0.16, 95],
  [0.97, 0.08, 105],
] as const

function table(): Uint8Array {
  const result = new Uint8Array(768)
  for (let i = 0; i < 256; i++) result.set(colourAt(i / 255), 3 * i)
  return result
}

/** Stops are joined straight in OKLab. */
function colourAt(weight: number): [number, number, number] {
  const position = weight * (stops.length - 1)
  const low = Math.min(Math.floor(position), stops.length - 2)
  const [a, b] = [lab(stops[low]), lab(stops[low + 1])]
  const share = position - low
  return srgb(a.map((value, i) => value + (b[i] - value) * share))
}

const lab = ([lightness, chroma, hue]: readonly [number, number, number]): number[] => {
  const angle = (hue * Math.PI) / 180
  return [lightness, chroma * Math.cos(angle), chroma * Math.sin(angle)]
}

/** OKLab to 8-bit sRGB, out-of-gamut values cut (B. Ottosson, A perceptual color space for image processing, 2020). */
function srgb([L, a, b]: number[]): [number, number, number] {
  const l = (L + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const m = (L - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const s = (L - 0.0894841775 * a - 1.291485548 * b) ** 3
  const linear = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ]
  const byte = (value: number): number => {
    const cut = Math.min(Math.max(value, 0), 1)
    return Math.round(255 * (cut <= 0.0031308 ? 12.92 * cut : 1.055 * cut ** (1 / 2.4) - 0.055))
  }
  return [byte(linear[0]), byte(linear[1]), byte(linear[2])]
}

/** Colours of the weights 0, 1/255, ... 1: 256 x 3 bytes, sRGB. */
export const heatColours: Uint8Array = table()
