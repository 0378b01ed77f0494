import type { AugmentHost } from '@virga/augmentation'
import type { Variant } from '@virga/catalog'
import type { ScenarioFiles } from '../scenarios/source.ts'
import type { BundleShelf } from './bundle-shelf.ts'

/** What tasks run on. Progress and signal come with each task. */
export interface TaskHost extends Omit<AugmentHost, 'progress' | 'signal'> {
  readonly scenarios: ScenarioFiles
  readonly bundles: BundleShelf
  /** The variants of an augmentation that are finished, as the catalog has them; the publish stage alone asks. */
  finished(augmentation: string): Promise<readonly Variant[]>
}
