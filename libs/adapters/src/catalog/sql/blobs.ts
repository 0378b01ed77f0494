import type { BlobRef } from '@virga/catalog'
import { sql } from 'kysely'
import type { Db } from './schema.ts'
import type { Store } from './store.ts'

/** Notes that an owner keeps blobs, so that they are not taken for garbage. */
export async function useBlobs(
  store: Store,
  db: Db,
  augmentation: string,
  owner: string,
  refs: Readonly<Record<string, BlobRef>>,
): Promise<void> {
  const { now } = store.flavour
  // In one order everywhere: two transactions that note the same blobs do not wait for each other in a circle.
  const all = Object.entries(refs).sort(([, a], [, b]) => (a.sha256 < b.sha256 ? -1 : 1))
  for (const [, { sha256, size }] of all) {
    await db
      .insertInto('blobs')
      .values({ sha256, size, first_seen_at: now, last_used_at: now })
      .onConflict((oc) => oc.column('sha256').doUpdateSet({ last_used_at: sql<number>`excluded.last_used_at` }))
      .execute()
  }
  for (const [name, { sha256 }] of all) {
    await db
      .insertInto('blob_uses')
      .values({ owner, name, augmentation_id: augmentation, sha256 })
      .onConflict((oc) => oc.columns(['owner', 'name']).doUpdateSet({ sha256 }))
      .execute()
  }
}
