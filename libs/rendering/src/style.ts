/// <reference types="@webgpu/types" />
import type { Camera, Scenario } from '@virga/scenario'
import type { ConditionStyle } from './condition-style.ts'

/**
 * How a picture of the asked size comes about.
 *
 * - `direct`: the camera is scaled straight to the asked size.
 * - `resize`: the camera is scaled to 16:9 of the asked width (1280x720 for 1280x704) and the picture resized with OpenCV's Lanczos4.
 * - `crop`: drawn at 16:9 of the asked width and cut in the middle (rows 8 to 711 of 720 for 704).
 */
export type Chain = 'direct' | 'resize' | 'crop'
export const chains: readonly Chain[] = ['direct', 'resize', 'crop']

interface StyleFacts {
  /** Part of cache keys and file names: changes whenever its pixels do. */
  readonly name: string
  /** One line for people. */
  readonly title: string
  /** What a scenario must have for it to show anything. */
  readonly needs: 'map-or-tracks' | 'sweeps'
  /** The chain that the model's own training videos went through. */
  readonly defaultChain: Chain
}

/** A style that is drawn on the GPU. */
export interface DeviceStyle extends StyleFacts {
  readonly device?: 'required'
  /** @param camera its model scaled to its own width and height, which are the picture's */
  open(gpu: GPUDevice, scenario: Scenario, camera: Camera): ConditionStyle
}

/** A style that is drawn without a GPU (`unused`), or on one if there is one (`preferred`). */
export interface FreeStyle extends StyleFacts {
  readonly device: 'preferred' | 'unused'
  open(gpu: GPUDevice | undefined, scenario: Scenario, camera: Camera): ConditionStyle
}

/**
 * A look that a world model was trained on. Made by an engine's builder from a plain description (`flatStyle`, `solidStyle`, `pointStyle`),
 * one file each in `styles/`; a Style of your own works wherever a registered name does.
 */
export type Style = DeviceStyle | FreeStyle
