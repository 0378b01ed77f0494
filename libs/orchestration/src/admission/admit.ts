import type { BlobRef } from '@virga/augmentation'
import type { TaskSpec } from '@virga/catalog'
import type { RequestValue } from '@virga/contracts'
import { VirgaError } from '@virga/errors'
import type { BundleShelf } from '../tasks/bundle-shelf.ts'

/** What is asked for: the JSON form of `virga.v1.Augmentation` without what only the server sets. */
export type AugmentationSpec = RequestValue['augmentation']

/** Of a registered scenario, what admission needs; the catalog's record has at least this. */
export interface KnownScenario {
  readonly state: 'checking' | 'ready' | 'failed'
  /** `simulation://SEED?width=W&height=H`, `file:///folder`; others have a manifest. */
  readonly uri: string
  readonly manifest?: BlobRef
  readonly cameras: readonly { readonly name: string }[]
  /** From the first to the last pose; undefined: as long as is asked for. */
  readonly durationUs?: number
  readonly failure?: { readonly reason: string; readonly message: string }
}

export interface AdmissionLimits {
  /** Tasks of one augmentation. */
  readonly tasks: number
  /** Frames of one variant. */
  readonly frames: number
}

export interface AdmissionPorts {
  readonly scenarios: { find(tenant: string, id: string): Promise<KnownScenario | undefined> }
  readonly bundles: BundleShelf
  readonly limits?: Partial<AdmissionLimits>
}

export interface Admitted {
  /** With the defaults filled in that admission decides: the bundle and the variants' ids. */
  readonly spec: AugmentationSpec
  /** The id of the scenario. */
  readonly scenario: string
  /** What it begins with: its inspection. */
  readonly tasks: readonly TaskSpec[]
}

/**
 * Refuses what cannot run, with the reason and the field; cheap: reads manifests and the catalog, no log.
 *
 * @throws VirgaError VIRGA_NOT_FOUND for the scenario, VIRGA_WRONG_STATE when it is not ready, VIRGA_UNKNOWN_NAME for bundle, camera, look,
 *   preset, control or control map, VIRGA_OUT_OF_RANGE for frames, VIRGA_TOO_LARGE for too many tasks, VIRGA_USAGE for settings
 */
export function admit(_ports: AdmissionPorts, _tenant: string, spec: AugmentationSpec): Promise<Admitted> {
  return Promise.reject(new VirgaError('VIRGA_INTERNAL', 'not there yet', { record: spec.scenario }))
}
