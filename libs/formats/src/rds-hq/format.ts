import type { LogFormat } from '../format.ts'
import { rootsAt } from './clips.ts'
import { openRdsHq } from './open-rds-hq.ts'

export const rdsHq: LogFormat = {
  name: 'rds-hq',
  title: 'RDS-HQ data set',
  lookedFor: 'vehicle_pose, 3d_lanelines, all_object_info or another of its folders',
  hasClips: true,
  recognise: async (path) => (await rootsAt(path)).length > 0,
  open: openRdsHq,
}
