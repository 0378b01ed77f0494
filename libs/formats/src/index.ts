export { openArgoverse2 } from './argoverse2/open-argoverse2.ts'
export type { LogFormat } from './format.ts'
export { openLog, recogniseFormat } from './open-log.ts'
export { formats } from './registry.ts'
