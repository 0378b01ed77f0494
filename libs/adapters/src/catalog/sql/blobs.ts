import type { BlobRef } from '@virga/catalog'
import { sql } from 'kysely'
import type { Db } from './schema.ts'
import type { Store } from './store.ts'

export interface BlobUses {
  readonly owner: string
  readonly augmentation: string
  readonly refs: Readonly<Record<string, BlobRef>>
}

/** Notes that owners keep blobs, so that they are not taken for garbage: two statements, however many there are. */
export async function useBlobs(store: Store, db: Db, owners: readonly BlobUses[]): Promise<void> {
  const { now, rowsOf } = store.flavour
  const uses = new Map<string, { owner: string; name: string; augmentation_id: string; sha256: string }>()
  const blobs = new Map<string, { sha256: string; size: number }>()
  for (const { owner, augmentation, refs } of owners) {
    for (const [name, { sha256, size }] of Object.entries(refs)) {
      uses.set(`${owner} ${name}`, { owner, name, augmentation_id: augmentation, sha256 })
      blobs.set(sha256, { sha256, size })
    }
  }
  if (uses.size === 0) return
  // In one order everywhere: two transactions that note the same blobs do not wait for each other in a circle.
  const sorted = [...blobs.values()].sort((a, b) => (a.sha256 < b.sha256 ? -1 : 1))
  // Without a condition SQLite takes ON CONFLICT for that of a join.
  const always = sql<boolean>`true`
  await db
    .insertInto('blobs')
    .columns(['sha256', 'size', 'first_seen_at', 'last_used_at'])
    .expression((eb) =>
      eb
        .selectFrom(rowsOf({ sha256: 'text', size: 'bigint' }, sorted))
        .select(['v.sha256', 'v.size', now.as('first_seen_at'), now.as('last_used_at')])
        .where(always),
    )
    .onConflict((oc) => oc.column('sha256').doUpdateSet({ last_used_at: sql<number>`excluded.last_used_at` }))
    .execute()
  await db
    .insertInto('blob_uses')
    .columns(['owner', 'name', 'augmentation_id', 'sha256'])
    .expression((eb) =>
      eb
        .selectFrom(rowsOf({ owner: 'text', name: 'text', augmentation_id: 'text', sha256: 'text' }, [...uses.values()]))
        .select(['v.owner', 'v.name', 'v.augmentation_id', 'v.sha256'])
        .where(always),
    )
    .onConflict((oc) => oc.columns(['owner', 'name']).doUpdateSet({ sha256: sql<string>`excluded.sha256` }))
    .execute()
}
