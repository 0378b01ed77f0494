/** Sweeps that frames hold at once; give them back when the frame's work has been handed over. */
export interface HeldSweeps<T> {
  readonly sweeps: readonly T[]
  readonly release: () => void
}

interface Entry<T> {
  readonly loading: Promise<T>
  sweep?: T
  holders: number
}

export interface SweepStoreOptions<T> {
  readonly load: (index: number) => Promise<T>
  readonly free: (sweep: T) => void
  readonly bytes: (sweep: T) => number
  /** Sweeps that one user needs: those of a frame and the next one, which is loaded ahead. */
  readonly perUser: number
}

/** Above so many bytes only one user's share is kept: cameras of a rig ask for the same sweeps one after the other. */
const sharedBytes = 256 * 2 ** 20

/** Sweeps in their drawable form, made once for all cameras that draw a scenario; those that frames have left behind are forgotten. */
export class SweepStore<T> {
  readonly #options: SweepStoreOptions<T>
  /** Least recently used first. */
  readonly #entries = new Map<number, Entry<T>>()
  #users = 0

  constructor(options: SweepStoreOptions<T>) {
    this.#options = options
  }

  /** One more camera draws from it. */
  open(): void {
    this.#users += 1
  }

  /** One camera less; the last one frees everything. */
  close(): void {
    this.#users -= 1
    this.#trim()
  }

  /** The sweeps, loaded where need be. Fails with the first failure, which is tried again the next time. */
  async hold(indices: readonly number[]): Promise<HeldSweeps<T>> {
    const entries = indices.map((index) => this.#entry(index))
    for (const entry of entries) entry.holders += 1
    const release = (): void => {
      for (const entry of entries) entry.holders -= 1
      this.#trim()
    }
    try {
      return { sweeps: await Promise.all(entries.map(({ loading }) => loading)), release }
    } catch (error) {
      release()
      throw error
    }
  }

  /** Starts loading a sweep that will be wanted soon; its failure shows when it is wanted. */
  prefetch(index: number): void {
    this.#entry(index)
  }

  #entry(index: number): Entry<T> {
    const entry = this.#entries.get(index) ?? this.#start(index)
    this.#entries.delete(index)
    this.#entries.set(index, entry)
    return entry
  }

  #start(index: number): Entry<T> {
    const loading = this.#options.load(index)
    const entry: Entry<T> = { loading, holders: 0 }
    loading.then(
      (sweep) => {
        entry.sweep = sweep
        this.#trim()
      },
      () => {
        if (this.#entries.get(index) === entry) this.#entries.delete(index)
      },
    )
    return entry
  }

  #trim(): void {
    let bytes = 0
    for (const { sweep } of this.#entries.values()) if (sweep !== undefined) bytes += this.#options.bytes(sweep)
    const { perUser, free } = this.#options
    for (const [index, { sweep, holders }] of this.#entries) {
      const kept = bytes > sharedBytes ? Math.min(this.#users, 1) * perUser : this.#users * perUser
      if (this.#entries.size <= kept) return
      if (holders > 0 || sweep === undefined) continue
      this.#entries.delete(index)
      bytes -= this.#options.bytes(sweep)
      free(sweep)
    }
  }
}
