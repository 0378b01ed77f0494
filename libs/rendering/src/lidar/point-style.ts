import type { Style } from '../style.ts'
import { LidarStyle } from './lidar-style.ts'

/** A style of splatted points. */
export type PointDescription = Pick<Style, 'name' | 'title' | 'defaultChain'>

export function pointStyle(description: PointDescription): Style {
  return { ...description, needs: 'sweeps', open: (gpu, scenario, camera) => new LidarStyle(gpu, scenario, camera) }
}
