import { argoverse2 } from './argoverse2/format.ts'
import type { LogFormat } from './format.ts'
import { rdsHq } from './rds-hq/format.ts'

/** Every format that Virga reads, in the order in which it is tried. */
export const formats: readonly LogFormat[] = [argoverse2, rdsHq]
