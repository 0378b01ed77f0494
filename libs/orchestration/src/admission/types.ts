import type { BlobRef } from '@virga/augmentation'
import type { Failure, TaskSpec } from '@virga/catalog'
import type { RequestValue } from '@virga/contracts'
import type { BundleShelf } from '../tasks/bundle-shelf.ts'

/** What is asked for: the JSON form of `virga.v1.Augmentation` without what only the server sets. */
export type AugmentationSpec = RequestValue['augmentation']

/** Of a registered scenario, what admission needs; the catalog's record has at least this. */
export interface KnownScenario {
  readonly state: 'checking' | 'ready' | 'failed'
  /** As `parseScenarioUri` reads it. */
  readonly uri: string
  /** The list of its files, where they lie in the store. */
  readonly manifest?: BlobRef
  readonly cameras: readonly { readonly name: string }[]
  /** From the first to the last pose; undefined: as long as is asked for. */
  readonly durationUs?: number
  readonly failure?: Pick<Failure, 'reason' | 'message'>
}

export interface AdmissionLimits {
  /** Tasks of one augmentation; default 10 000. */
  readonly tasks: number
  /** Frames of one variant; default 50 000. */
  readonly frames: number
}

export interface AdmissionPorts {
  readonly scenarios: { find(tenant: string, id: string): Promise<KnownScenario | undefined> }
  readonly bundles: BundleShelf
  readonly limits?: Partial<AdmissionLimits>
}

export interface Admitted {
  /** As it was asked for, with the bundle and the variants' ids filled in. */
  readonly spec: AugmentationSpec
  /** The id of the scenario. */
  readonly scenario: string
  /** What it begins with: its inspection. */
  readonly tasks: readonly TaskSpec[]
}
