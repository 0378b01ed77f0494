import type { LogFormat } from '../format.ts'
import { findRoot } from './clips.ts'
import { openRdsHq } from './open-rds-hq.ts'

export const rdsHq: LogFormat = {
  name: 'rds-hq',
  title: 'RDS-HQ data set',
  lookedFor: 'vehicle_pose, 3d_lanelines, all_object_info or another of its folders',
  hasClips: true,
  recognise: async (path) => (await findRoot(path)) !== undefined,
  open: openRdsHq,
}
