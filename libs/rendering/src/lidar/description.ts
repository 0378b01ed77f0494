import type { Style } from '../style.ts'

/** A style of splatted points, as data; `pointStyle` draws it. */
export interface PointDescription extends Pick<Style, 'name' | 'title' | 'defaultChain'> {
  /** Sweeps to each side of the one nearest to the frame that are accumulated. */
  readonly sweepsEachSide: number
  /** A sweep further from the frame than this is not drawn, microseconds: logs may hold sweeps for a part of the drive only. */
  readonly farthestSweepUs: number
  /** Returns nearer than this to the origin of the sweep's own frame are left out, metres: the vehicle itself. */
  readonly nearCut: number
  /** Points within a moving box scaled by this factor move with it. */
  readonly boxScale: number
  readonly splat: {
    /** Points farther from the camera than this count as that far, metres along its axis. */
    readonly farthest: number
    /** A point's weight falls as (1 + z)^(-sharpness / ln(1 + the largest z of the frame)). */
    readonly sharpness: number
  }
  /** Metres that are painted white; 0 m would be black, which is also what nothing looks like. */
  readonly white: number
}
