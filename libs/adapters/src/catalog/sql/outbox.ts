import type { Note, Outbox } from '@virga/catalog'
import { sql } from 'kysely'
import { wholeMs } from './claim.ts'
import type { Store } from './store.ts'

export function outbox(store: Store): Outbox {
  const { now, locksRows } = store.flavour
  return {
    take: async ({ limit, holdMs }) => {
      const rows = await store.transaction((db) => {
        const oldest = db.selectFrom('outbox').select('seq').where('held_until', '<=', now).orderBy('seq').limit(limit)
        return db
          .with('oldest', () => (locksRows ? oldest.forUpdate().skipLocked() : oldest))
          .updateTable('outbox')
          .set({ held_until: sql<number>`${now} + ${sql.lit(wholeMs(holdMs))}` })
          .where('seq', 'in', (eb) => eb.selectFrom('oldest').select('seq'))
          .returning(['seq', 'note', 'created_at'])
          .execute()
      })
      return rows
        .sort((a, b) => a.seq - b.seq)
        .map(({ seq, note, created_at }) => ({ seq, note: JSON.parse(note) as Note, createdAt: created_at }))
    },
    published: async (seqs) => {
      for (let from = 0; from < seqs.length; from += 1000) {
        const some = seqs.slice(from, from + 1000)
        await store.read((db) => db.deleteFrom('outbox').where('seq', 'in', some).execute())
      }
    },
  }
}
