import { describe, expect, it } from 'vitest'
import { fanOut, Lane } from './fan-out.ts'

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

describe('fanOut', () => {
  it('feeds several consumers from one pass, in order', async () => {
    const [a, b] = [new Lane<number>(), new Lane<string>()]
    const [numbers, words] = await fanOut<[number[], string[]]>(
      [a, b],
      async () => {
        for (let i = 0; i < 50; i++) {
          await a.push(i)
          if (i % 10 === 0) await b.push(`w${i}`)
        }
      },
      [collect(a), collect(b)],
    )
    expect(numbers).toEqual(Array.from({ length: 50 }, (_, i) => i))
    expect(words).toEqual(['w0', 'w10', 'w20', 'w30', 'w40'])
  })

  it('does not let the producer run ahead of a slow consumer', async () => {
    const lane = new Lane<number>()
    let pushed = 0
    let largestLead = 0
    let taken = 0
    const slow = async (): Promise<number> => {
      for await (const _ of lane) {
        taken++
        await new Promise((resolve) => setTimeout(resolve, 1))
      }
      return taken
    }
    await fanOut<[number]>(
      [lane],
      async () => {
        for (; pushed < 40; pushed++) {
          await lane.push(pushed)
          largestLead = Math.max(largestLead, pushed - taken)
        }
      },
      [slow()],
    )
    expect(taken).toBe(40)
    expect(largestLead).toBeLessThanOrEqual(2)
  })

  it('stops everything when the producer fails', async () => {
    const lane = new Lane<number>()
    const produce = async (): Promise<void> => {
      await lane.push(1)
      throw new Error('no more frames')
    }
    await expect(fanOut([lane], produce, [collect(lane)])).rejects.toThrow('no more frames')
  })

  it('stops everything when a consumer fails, even before it has taken anything', async () => {
    const [a, b] = [new Lane<number>(), new Lane<number>()]
    const produce = async (): Promise<void> => {
      for (let i = 0; i < 100; i++) {
        await a.push(i)
        await b.push(i)
      }
    }
    const failing = Promise.resolve().then(() => {
      throw new Error('the disk is full')
    })
    await expect(fanOut([a, b], produce, [collect(a), failing])).rejects.toThrow('the disk is full')
  })
})
