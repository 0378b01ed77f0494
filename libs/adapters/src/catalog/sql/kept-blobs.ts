import type { KeptBlobs } from '@virga/catalog'
import { sql } from 'kysely'
import type { Store } from './store.ts'

const pageSize = 5000

export function keptBlobs(store: Store): KeptBlobs {
  return { referenced: () => referenced(store), forget: (digests) => forget(store, digests) }
}

/** Each page is the smallest digests above the last one, from two indexes: nothing is held between the pages. */
async function* referenced(store: Store): AsyncGenerator<string> {
  for (let last = ''; ;) {
    const rows = await store.read((db) => {
      const of = (table: 'blob_uses' | 'scenario_blobs') =>
        db.selectFrom((eb) =>
          eb.selectFrom(table).select('sha256').distinct().where('sha256', '>', last).orderBy('sha256').limit(pageSize).as(table),
        )
      return of('blob_uses')
        .select('blob_uses.sha256 as sha256')
        .union(of('scenario_blobs').select('scenario_blobs.sha256 as sha256'))
        .orderBy('sha256')
        .limit(pageSize)
        .execute()
    })
    for (const { sha256 } of rows) yield sha256
    const end = rows.at(-1)
    if (end === undefined || rows.length < pageSize) return
    last = end.sha256
  }
}

async function forget(store: Store, digests: readonly string[]): Promise<void> {
  for (let from = 0; from < digests.length; from += 1000) {
    const some = digests.slice(from, from + 1000)
    await store.read((db) =>
      db
        .deleteFrom('blobs')
        .where('sha256', 'in', some)
        .where(sql<boolean>`not exists (select 1 from blob_uses u where u.sha256 = blobs.sha256)`)
        .execute(),
    )
  }
}
