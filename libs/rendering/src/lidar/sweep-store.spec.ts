import { expect, it } from 'vitest'
import { SweepStore } from './sweep-store.ts'

function storeOf(bytes = 1): { store: SweepStore<number>; loads: number[]; freed: number[] } {
  const [loads, freed]: [number[], number[]] = [[], []]
  const load = (index: number): Promise<number> => {
    loads.push(index)
    return Promise.resolve(index)
  }
  return { store: new SweepStore({ load, free: (sweep) => freed.push(sweep), bytes: () => bytes, perUser: 3 }), loads, freed }
}

async function use(store: SweepStore<number>, ...indices: number[]): Promise<void> {
  const { sweeps, release } = await store.hold(indices)
  expect(sweeps).toEqual(indices)
  release()
}

it('loads a sweep once while it is kept, and forgets what has not been used for longest', async () => {
  const { store, loads, freed } = storeOf()
  store.open()
  await use(store, 0, 1, 2)
  await use(store, 1, 2, 0)
  expect([loads, freed]).toEqual([[0, 1, 2], []])
  await use(store, 3)
  expect(freed).toEqual([1])
  store.close()
  expect(freed).toEqual([1, 2, 0, 3])
})

it('keeps a share for each camera, but one share when sweeps are large', async () => {
  for (const [bytes, kept] of [
    [1, 6],
    [2 ** 28, 3],
  ]) {
    const { store, freed } = storeOf(bytes)
    store.open()
    store.open()
    for (let i = 0; i < 10; i += 1) await use(store, i)
    expect(freed).toHaveLength(10 - kept)
  }
})

it('never frees what a frame holds, and frees it afterwards', async () => {
  const { store, freed } = storeOf()
  store.open()
  const { release } = await store.hold([0, 1, 2, 3, 4])
  expect(freed).toEqual([])
  store.close()
  expect(freed).toEqual([])
  release()
  expect(freed).toEqual([0, 1, 2, 3, 4])
})

it('frees a sweep that arrives after the last camera has gone', async () => {
  const { store, freed } = storeOf()
  store.open()
  store.prefetch(5)
  store.close()
  await Promise.resolve()
  await Promise.resolve()
  expect(freed).toEqual([5])
})

it('tries again after a failure', async () => {
  let attempts = 0
  const load = (): Promise<string> => (++attempts === 1 ? Promise.reject(new Error('torn')) : Promise.resolve('whole'))
  const store = new SweepStore({ load, free: () => undefined, bytes: () => 1, perUser: 3 })
  store.open()
  await expect(store.hold([0])).rejects.toThrow('torn')
  expect((await store.hold([0])).sweeps).toEqual(['whole'])
})
