import type { AugmentationCatalog, Variant } from '@virga/catalog'

/** All finished variants of an augmentation, page by page: what `TaskHost.finished` wants. */
export function finishedVariants(augmentations: Pick<AugmentationCatalog, 'variants'>): (augmentation: string) => Promise<Variant[]> {
  return async (augmentation) => {
    const all: Variant[] = []
    let after: string | undefined
    do {
      const { items, next } = await augmentations.variants({ augmentation, size: 500, ...(after === undefined ? {} : { after }) })
      all.push(...items)
      after = next
    } while (after !== undefined)
    return all
  }
}
