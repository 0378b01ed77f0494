import { pointStyle } from '../lidar/point-style.ts'

export const lidarV1 = pointStyle({
  name: 'lidar-v1',
  title: 'LiDAR of Cosmos-Transfer1: grey depth of accumulated sweeps',
  defaultChain: 'resize',
})
