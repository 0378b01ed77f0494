import { describe, expect, it } from 'vitest'
import { Random } from '../random.ts'
import { lightChanges, lightStateAt, type LightState, signalGroup, signalStates } from './signals.ts'
import { layStreet } from './street.ts'

const street = Array.from({ length: 50 }, (_, seed) => layStreet(new Random(seed, 'street'), -45, 900)).find(
  ({ junctions }) => junctions.filter(({ signals }) => signals).length > 3 && junctions.some(({ signals }) => !signals),
)
if (street === undefined) throw new Error('no street with lights')
const lit = street.junctions.filter(({ signals }) => signals)

describe('traffic lights', () => {
  it('go green, yellow, red, and one approach waits while the other does not', () => {
    const next: Record<LightState, LightState> = { green: 'yellow', yellow: 'red', red: 'green' }
    for (const { index } of lit) {
      for (const approach of ['main', 'cross'] as const) {
        const changes = lightChanges(street, index, approach, 60)
        expect(new Set(changes.map(({ state }) => state)).size).toBe(3)
        for (let i = 1; i < changes.length; i++) expect(changes[i].state).toBe(next[changes[i - 1].state])
      }
      for (let t = 0; t < 60; t += 0.1) {
        const states = [lightStateAt(street, index, 'main', t), lightStateAt(street, index, 'cross', t)]
        expect(states.filter((state) => state !== 'red').length).toBeLessThan(2)
      }
    }
  })

  it('change when their states over time say so', () => {
    for (const { index } of lit) {
      const changes = lightChanges(street, index, 'main', 40)
      expect(changes[0].at).toBe(0)
      for (let t = 0.005; t < 40; t += 0.11) {
        const last = changes.filter(({ at }) => at <= t).at(-1)
        expect(lightStateAt(street, index, 'main', t), `${t} s`).toBe(last?.state)
      }
    }
  })

  it('light one lamp per group, none where there are no lights', () => {
    const states = signalStates(street, 7)
    for (const { index, signals } of street.junctions) {
      const code = ['red', 'yellow', 'green'].indexOf(lightStateAt(street, index, 'cross', 7) ?? 'none')
      expect(states[signalGroup(index, 'cross')]).toBe(code)
      if (!signals) expect(code).toBe(-1)
    }
  })
})
