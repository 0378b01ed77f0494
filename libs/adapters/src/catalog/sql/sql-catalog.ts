import { type Catalog, checkTaskGraph } from '@virga/catalog'
import { augmentationCatalog } from './augmentations.ts'
import { claim } from './claim.ts'
import { deadLetters } from './dead-letters.ts'
import { completeMany, type Completion } from './complete.ts'
import { fail, heartbeat, release } from './finish.ts'
import { grouped } from './group.ts'
import { keptBlobs } from './kept-blobs.ts'
import { outbox } from './outbox.ts'
import { scenarioCatalog } from './scenarios.ts'
import type { Store } from './store.ts'
import { sweep } from './sweep.ts'

/** The catalog over any database that Kysely and a Flavour speak for. */
export function sqlCatalog(store: Store): Catalog {
  const complete = grouped(
    (completions: readonly Completion[]) => completeMany(store, completions),
    ({ lease }) => lease.task,
  )
  return {
    augmentations: augmentationCatalog(store),
    scenarios: scenarioCatalog(store),
    blobs: keptBlobs(store),
    work: {
      claim: (request) => claim(store, request),
      heartbeat: (lease, leaseMs) => heartbeat(store, lease, leaseMs),
      complete: async (lease, result) => {
        checkTaskGraph(result.tasks ?? [])
        return complete({ lease, result })
      },
      fail: (lease, failure) => fail(store, lease, failure),
      release: (lease) => release(store, lease),
    },
    sweeper: { sweep: (options) => sweep(store, options) },
    outbox: outbox(store),
    deadLetters: deadLetters(store),
    close: () => store.db.destroy(),
  }
}
