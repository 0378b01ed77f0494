import type { LogFormat } from '../format.ts'
import { openArgoverse2 } from './open-argoverse2.ts'
import { argoverse2Marks, isArgoverse2 } from './recognise.ts'

export const argoverse2: LogFormat = {
  name: 'argoverse2',
  title: 'Argoverse 2 sensor log',
  lookedFor: argoverse2Marks,
  hasClips: false,
  recognise: isArgoverse2,
  open: (path) => openArgoverse2(path),
}
