import type { LoadedControlMap } from '@virga/conditions'
import type { Solver } from '@virga/diffusion'
import type { OpenLogOptions } from '@virga/formats'
import type { Bundle, ClipGenerator } from '@virga/models'
import type { RenderDevice } from '@virga/rendering'
import type { RgbImage } from '@virga/scenario'
import type { Look } from '@virga/simulation'
import type { VariantManifest } from '../manifest/variant-manifest.ts'
import type { StageContext } from '../stage/stage-context.ts'
import type { Size } from '../stage/rgb-frames.ts'
import type { DriveInput } from './drive-input.ts'

/** What an augmentation runs on: the ports of every stage, and the machinery that is opened only when a stage needs it. */
export interface AugmentHost extends StageContext {
  openDevice(): Promise<RenderDevice>
  openGenerator(bundle: Bundle): Promise<ClipGenerator>
  /** Providers in the order in which they are tried, and threads within an operator. */
  readonly execution: { readonly providers: readonly string[]; readonly threads: number }
}

/** One scenario x cameras x variants. */
export interface AugmentSettings {
  readonly drive:
    | { readonly kind: 'log'; readonly path: string; readonly open?: OpenLogOptions }
    | { readonly kind: 'simulation'; readonly seed: number; readonly size: Size }
    /** One that is in memory, edited perhaps; its digest names its content. */
    | { readonly kind: 'opened'; readonly drive: DriveInput }
  /** Empty: for a simulated drive its only camera. */
  readonly cameras: readonly string[]
  readonly variants: readonly Look[]
  readonly bundle: Bundle
  readonly frames?: number
  readonly startSeconds?: number
  readonly steps?: number
  readonly seed: number
  /** Replaces the bundle's prompt for each variant. */
  readonly prompt?: string
  /** Replaces the bundle's negative prompt. */
  readonly negativePrompt?: string
  /** g in x0 = cond + g (cond - uncond); default: the bundle's. */
  readonly guidance?: number
  /** Default: the bundle's. */
  readonly solver?: Solver
  /** 0 to 1, default 1: how far towards noise sampling begins; less changes less of what it begins from. */
  readonly strength?: number
  /** Most frames that the network makes in one go, 8 m + 1; default: the bundle's clip. */
  readonly clipFrames?: number
  /** The control branches run at every so-manieth evaluation; default: the bundle's, else 1. */
  readonly controlEvery?: number
  /** What the first frame shall be: of the camera's size, or of the model's shape at any size. */
  readonly firstFrame?: { readonly file: string; readonly sha256: string; readonly image: RgbImage }
  /** Which of the bundle's controls are used; default: all that the drive can give. */
  readonly controls?: readonly string[]
  /** False: neither relit nor painted, the network begins from its controls alone. */
  readonly relight?: boolean
  /** False: the generated frames are the video, at the bundle's size; their change is not carried over to the frames that they began from. */
  readonly detail?: boolean
  /** Weights in place of the bundle's. */
  readonly weights?: Readonly<Record<string, number>>
  /** Weights per control, frame and pixel, in place of the bundle's. */
  readonly controlMap?: LoadedControlMap
}

/** What is asked for, and where it goes. */
export interface AugmentRequest extends AugmentSettings {
  /** Absolute folder. */
  readonly out: string
}

/** A file that was published, below the root of what is published. */
export interface PublishedVideo extends Size {
  readonly file: string
  readonly sha256: string
  /** Size of the file. */
  readonly bytes: number
}

export interface PublishedCondition extends PublishedVideo {
  readonly control: string
  readonly detail: string
}

export interface PublishedVariant extends PublishedVideo {
  readonly name: string
  readonly manifestFile: string
  readonly manifest: VariantManifest
}

export interface PublishedCamera {
  readonly camera: string
  readonly source?: PublishedVideo
  readonly conditions: readonly PublishedCondition[]
  readonly variants: readonly PublishedVariant[]
}

export interface AugmentResult {
  readonly scenario: string
  readonly frames: number
  readonly fps: number
  readonly promise: 'structure-of-the-source-pixels' | 'layout-only'
  readonly cameras: readonly PublishedCamera[]
  readonly contactSheet: string
  readonly report: string
}

/** How many frames are made when nobody says: one clip of Cosmos-Transfer1. */
export const defaultFrames = 121
