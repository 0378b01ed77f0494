import { isVirgaError } from '@virga/errors'

interface Waiting<Item, Result> {
  readonly item: Item
  readonly resolve: (result: Result) => void
  readonly reject: (error: unknown) => void
}

/**
 * Gathers calls that come while one is under way, and makes one call of them. Alone, a call goes out at once; under load the groups grow by
 * themselves, and the cost of a transaction is shared.
 *
 * When a group fails by a defect of one of its members (anything but an error of the database's own, such as one that is away), each is
 * tried alone, so that nobody fails for another.
 *
 * @param run gives the results in the order of the items
 * @param keyOf two items of the same key never come into one group
 */
export function grouped<Item, Result>(
  run: (items: readonly Item[]) => Promise<readonly Result[]>,
  keyOf: (item: Item) => string,
  most = 200,
): (item: Item) => Promise<Result> {
  let waiting: Waiting<Item, Result>[] = []
  let busy = false

  const next = (): Waiting<Item, Result>[] => {
    const keys = new Set<string>()
    const group: Waiting<Item, Result>[] = []
    const rest: Waiting<Item, Result>[] = []
    for (const one of waiting) {
      const key = keyOf(one.item)
      const fits = group.length < most && !keys.has(key)
      keys.add(key)
      ;(fits ? group : rest).push(one)
    }
    waiting = rest
    return group
  }
  const settle = async (group: readonly Waiting<Item, Result>[]): Promise<void> => {
    try {
      const results = await run(group.map(({ item }) => item))
      for (const [i, { resolve }] of group.entries()) resolve(results[i])
    } catch (error) {
      if (group.length > 1 && !isVirgaError(error)) for (const one of group) await settle([one])
      else for (const { reject } of group) reject(error)
    }
  }
  const work = async (): Promise<void> => {
    // Calls made in the same turn of the event loop belong together.
    await new Promise((resolve) => setImmediate(resolve))
    while (waiting.length > 0) await settle(next())
    busy = false
  }
  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject })
      if (busy) return
      busy = true
      void work()
    })
}
