import type { Geometry, Picture, Relight, RelightMode } from '@virga/relight'
import { segClasses } from '@virga/scenario'
import type { BlobRef, BlobStore } from '../ports/blob-store.ts'
import { digestOf } from '../digest/digest.ts'
import type { Size } from '../stage/rgb-frames.ts'
import { storedGeometry } from '../stages/label-geometry.ts'
import type { CameraSource } from './camera-source.ts'
import { paintGeometry } from './paint-geometry.ts'

/** What the relight makes a variant's pixels from, frame by frame, at its own size: camera video, labels, or both. Can be iterated again. */
export interface Canvas extends Size {
  readonly kind: 'relight' | 'paint'
  readonly mode: RelightMode
  /** Names the content that `frames` gives. */
  readonly digest: string
  readonly count: number
  /** Key of the stage that drew the labels, where they are read. */
  readonly labelsKey?: string
  frames(): AsyncIterable<CanvasFrame>
}

export interface CanvasFrame {
  readonly picture: Picture
  readonly geometry?: Geometry
}

/** What `labelGeometryStage` made, and its size. */
export interface StoredLabels extends Size {
  readonly key: string
  readonly outputs: Readonly<Record<'depth' | 'planes', BlobRef>>
}

/** The mode in which camera video is relit: with the truth or the labels where there are some and the relight knows them. */
export function videoMode(source: CameraSource, relight: Relight, hasLabels: boolean): RelightMode {
  if (source.hasTruth && relight.modes.includes('rgb-depth-seg')) return 'rgb-depth-seg'
  return hasLabels && relight.modes.includes('rgb-labels') ? 'rgb-labels' : 'rgb'
}

/** Camera video, with what its source truly knows of each pixel or with nothing. */
export function videoCanvas(source: CameraSource, mode: 'rgb' | 'rgb-depth-seg'): Canvas {
  const { width, height, count, digest } = source
  return {
    ...{ kind: 'relight', mode, width, height, count, digest },
    frames: async function* () {
      for await (const { rgb, depth, seg } of source.frames())
        yield {
          picture: rgb,
          ...(depth === undefined || seg === undefined ? {} : { geometry: { depth, seg, classNames: segClasses } }),
        }
    },
  }
}

/** Camera video with the labels of its pixels. */
export function labelledCanvas(store: BlobStore, source: CameraSource, labels: StoredLabels): Canvas {
  const { width, height, count } = source
  return {
    ...{ kind: 'relight', mode: 'rgb-labels', width, height, count, labelsKey: labels.key },
    digest: digestOf({ source: source.digest, labels: labels.key }),
    frames: async function* () {
      const geometry = storedGeometry(store, labels.outputs, labels)
      try {
        for await (const { rgb } of source.frames()) {
          const labelled = await geometry.next()
          yield { picture: rgb, ...(labelled.done === true ? {} : { geometry: paintGeometry(labelled.value, width) }) }
        }
      } finally {
        await geometry.return(undefined)
      }
    },
  }
}

/** Labels alone. */
export function paintCanvas(store: BlobStore, labels: StoredLabels, count: number): Canvas {
  const { width, height } = labels
  return {
    ...{ kind: 'paint', mode: 'labels', width, height, count, labelsKey: labels.key, digest: labels.key },
    frames: async function* () {
      for await (const frame of storedGeometry(store, labels.outputs, labels))
        yield { picture: { width, height }, geometry: paintGeometry(frame, width) }
    },
  }
}
