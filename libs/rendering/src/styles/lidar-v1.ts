import type { PointDescription } from '../lidar/description.ts'
import { pointStyle } from '../lidar/point-style.ts'

/**
 * The LiDAR condition of Cosmos-Transfer1-7B-Sample-AV. Sweeps, cuts, weights and greys: Cosmos-Drive-Dreams, render_from_rds_hq.py
 * (render_sample_lidar) and pcd_utils.py.
 */
export const lidarV1Description: PointDescription = {
  name: 'lidar-v1',
  title: 'LiDAR of Cosmos-Transfer1: grey depth of accumulated sweeps',
  defaultChain: 'resize',
  sweepsEachSide: 2,
  farthestSweepUs: 350_000,
  nearCut: 3,
  boxScale: 1.2,
  splat: { farthest: 1000, sharpness: 50 },
  white: 75,
}

export const lidarV1 = pointStyle(lidarV1Description)
