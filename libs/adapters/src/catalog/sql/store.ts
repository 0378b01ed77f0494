import type { RetryPolicy } from '@virga/catalog'
import type { Flavour } from './flavour.ts'
import type { Db } from './schema.ts'

/** Most tries of a transaction that met a deadlock. */
const mostTries = 10

/** What the parts of the catalog share: the connection, what is special about the database, and the policy of retries. */
export class Store {
  readonly db: Db
  readonly flavour: Flavour
  readonly policy: RetryPolicy

  constructor(db: Db, flavour: Flavour, policy: RetryPolicy) {
    this.db = db
    this.flavour = flavour
    this.policy = policy
  }

  /** Runs statements that belong together. Done again from the start after a deadlock, so `work` must not change anything else. */
  async transaction<Result>(work: (db: Db) => Promise<Result>): Promise<Result> {
    return this.repeated(() => this.db.transaction().execute(work))
  }

  /** One statement, or several that need not belong together. */
  async read<Result>(work: (db: Db) => Promise<Result>): Promise<Result> {
    return this.repeated(() => work(this.db))
  }

  private async repeated<Result>(work: () => Promise<Result>): Promise<Result> {
    for (let tries = 1; ; tries++) {
      try {
        return await work()
      } catch (error) {
        if (tries === mostTries || !this.flavour.isPassing(error)) throw this.flavour.errorFor(error) ?? error
      }
    }
  }
}
