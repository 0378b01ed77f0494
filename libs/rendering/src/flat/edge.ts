import type { Rgb } from './palette.ts'

/** An edge as the shader reads it: vec4u(p0.xyz, samples | flat << 31), vec4u(p1.xyz, red | green << 8 | blue << 16 | thickness << 24). */
export const wordsPerEdge = 8

export interface EdgeLook {
  /** Samples along the edge, both ends included. */
  readonly samples: number
  readonly rgb: Rgb
  /** OpenCV thickness in pixels. */
  readonly thickness: number
}

/** Writes edge `index`; its ends are the six values of `ends` from `at`. */
export function packEdge(out: ArrayBuffer, index: number, ends: ArrayLike<number>, at: number, look: EdgeLook): void {
  const f = new Float32Array(out, index * wordsPerEdge * 4, wordsPerEdge)
  const u = new Uint32Array(out, index * wordsPerEdge * 4, wordsPerEdge)
  for (let i = 0; i < 3; i += 1) {
    f[i] = ends[at + i]
    f[4 + i] = ends[at + 3 + i]
  }
  const [red, green, blue] = look.rgb
  u[3] = look.samples
  u[7] = (red | (green << 8) | (blue << 16) | (look.thickness << 24)) >>> 0
}
