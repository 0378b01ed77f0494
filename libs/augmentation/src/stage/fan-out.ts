/** How many items may wait in a lane before its producer does. */
const room = 2

/**
 * A lane from a producer to a consumer that runs at the same time: `push` waits while the consumer is behind, so nothing piles up.
 * Lets one pass over the frames feed several blobs.
 */
export class Lane<T> implements AsyncIterable<T> {
  readonly #items: T[] = []
  #state: 'open' | 'ended' | 'left' = 'open'
  #failure: { readonly error: unknown } | undefined
  #wake: (() => void)[] = []

  /** Resolves when there is room for the next item, or nobody wants any more. */
  async push(item: T): Promise<void> {
    if (this.#state !== 'open' || this.#failure !== undefined) return
    this.#items.push(item)
    this.#stir()
    while (this.#items.length >= room && this.#state === 'open' && this.#failure === undefined) await this.#change()
  }

  end(): void {
    if (this.#state === 'open') this.#state = 'ended'
    this.#stir()
  }

  /** Makes the consumer's next step throw. */
  fail(error: unknown): void {
    this.#failure ??= { error }
    this.#stir()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    try {
      for (;;) {
        if (this.#failure !== undefined) throw this.#failure.error
        if (this.#items.length > 0) {
          const item = this.#items.shift() as T
          this.#stir()
          yield item
        } else if (this.#state === 'open') await this.#change()
        else return
      }
    } finally {
      this.#state = 'left'
      this.#stir()
    }
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#wake.push(resolve))
  }

  #stir(): void {
    for (const resolve of this.#wake.splice(0)) resolve()
  }
}

/**
 * Runs a producer that pushes into lanes, and the lanes' consumers, together; ends the lanes when the producer is through. When one of
 * them fails, all are stopped, waited for, and the first error is thrown.
 *
 * @returns the consumers' results
 */
export async function fanOut<const T extends readonly unknown[]>(
  lanes: readonly { end(): void; fail(error: unknown): void }[],
  produce: () => Promise<void>,
  consumers: { readonly [K in keyof T]: Promise<T[K]> },
): Promise<T> {
  let failure: { readonly error: unknown } | undefined
  const stop = (error: unknown): void => {
    failure ??= { error }
    for (const lane of lanes) lane.fail(error)
  }
  const guarded = consumers.map((consumer) => consumer.catch(stop))
  try {
    await produce()
    for (const lane of lanes) lane.end()
  } catch (error) {
    stop(error)
  }
  const results = await Promise.all(guarded)
  if (failure !== undefined) throw failure.error
  return results as unknown as T
}
