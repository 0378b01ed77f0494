import type { BlobRef } from '@virga/augmentation'

/** What a registered scenario is made of: all that a worker needs to open it, plain JSON. */
export type ScenarioSource =
  /** Simulated on the spot; without a size, at twice the size of the bundle. */
  | { readonly kind: 'simulation'; readonly seed: number; readonly size?: { readonly width: number; readonly height: number } }
  /** Files in the blob store: `manifest` is a blob of schema `virga.scenario-files/1`. */
  | { readonly kind: 'files'; readonly manifest: BlobRef }
  /** A folder that every worker sees, below a root that its configuration allows. */
  | { readonly kind: 'folder'; readonly path: string }

/** A local folder with the files of a scenario, held until it is released. */
export interface LocalFiles {
  readonly path: string
  release(): void
}

/** Port to the files of scenarios on this machine. */
export interface ScenarioFiles {
  /**
   * @throws VirgaError VIRGA_BAD_INPUT for files that are gone or no manifest; VIRGA_DIGEST_MISMATCH for a damaged one; VIRGA_FORBIDDEN for a
   *   folder outside the allowed roots; VIRGA_DISK_FULL, VIRGA_CANNOT_WRITE; VIRGA_CANCELLED
   */
  open(source: Exclude<ScenarioSource, { readonly kind: 'simulation' }>, signal?: AbortSignal): Promise<LocalFiles>
}
