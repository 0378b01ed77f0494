import type { Scenario } from '@virga/scenario'
import type { otherModels } from './build/rig.ts'

export const mapStyles = ['hdmap-v1', 'world-scenario-v3', 'world-scenario-v3-t25'] as const
export const styles = [...mapStyles, 'lidar-v1'] as const
export type StyleName = (typeof styles)[number]

/** One picture to take of a drive, in one or more styles. */
export interface Shot {
  readonly camera: string
  /** A camera model to take in the place of the camera's own, for those that the format cannot hold. */
  readonly model?: keyof typeof otherModels
  /** At 30 Hz. */
  readonly frame: number
  readonly styles: readonly StyleName[]
  /** Default: the whole camera picture at `width` x `height`; 'resize' takes it to another height by Lanczos4. */
  readonly chain?: 'direct' | 'resize'
  readonly width: number
  readonly height: number
}

/** A small drive and the pictures of it that are compared. */
export interface Scene {
  readonly name: string
  /** What it exercises, one line. */
  readonly shows: string
  readonly drive: Scenario
  readonly shots: readonly Shot[]
}

export const small = { width: 640, height: 360 } as const
