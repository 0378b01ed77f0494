import type { Note, Outbox, OutboxEntry } from '@virga/catalog'
import { sql } from 'kysely'
import { wholeMs } from './claim.ts'
import { notesPerRow } from './notes.ts'
import type { Store } from './store.ts'

export function outbox(store: Store): Outbox {
  const { now, locksRows, rowsOf } = store.flavour
  return {
    take: async ({ limit, holdMs }) => {
      const rows = await store.transaction(async (db) => {
        const query = db
          .selectFrom('outbox')
          .select(['seq', 'note', 'notes', 'created_at'])
          .where('held_until', '<=', now)
          .orderBy('seq')
          .limit(limit)
        const free = await (locksRows ? query.forUpdate().skipLocked() : query).execute()
        let notes = 0
        const taken = free.filter((row) => (notes += row.notes) - row.notes < limit)
        if (taken.length === 0) return []
        await db
          .updateTable('outbox')
          .set({ held_until: sql<number>`${now} + ${sql.lit(wholeMs(holdMs))}` })
          .where('seq', 'in', (eb) =>
            eb
              .selectFrom(
                rowsOf(
                  { seq: 'bigint' },
                  taken.map(({ seq }) => ({ seq })),
                ),
              )
              .select('v.seq'),
          )
          .execute()
        return taken
      })
      return rows.flatMap(entriesOf)
    },
    // A row goes when all of its notes were published; one that was published in part comes again.
    published: async (seqs) => {
      const counts = new Map<number, number>()
      for (const row of new Set(seqs)) counts.set(Math.floor(row / notesPerRow), (counts.get(Math.floor(row / notesPerRow)) ?? 0) + 1)
      if (counts.size === 0) return
      const rows = rowsOf(
        { seq: 'bigint', notes: 'bigint' },
        [...counts].map(([seq, notes]) => ({ seq, notes })),
      )
      await store.read((db) =>
        db
          .deleteFrom('outbox')
          .where((eb) => eb(eb.refTuple('seq', 'notes'), 'in', eb.selectFrom(rows).select(['v.seq', 'v.notes']).$asTuple('seq', 'notes')))
          .execute(),
      )
    },
  }
}

function entriesOf({ seq, note, created_at }: { seq: number; note: string; created_at: number }): OutboxEntry[] {
  const notes = JSON.parse(note) as Note | Note[]
  return (Array.isArray(notes) ? notes : [notes]).map((one, i) => ({ seq: seq * notesPerRow + i, note: one, createdAt: created_at }))
}
