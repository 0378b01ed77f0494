import { describe, expect, it } from 'vitest'
import { History, stepSeconds } from './history.ts'
import { type Driver, idmAcceleration } from './idm.ts'

/** The parameters of table I of the paper: 120 km/h, 1.6 s, 2 m, 0.73 and 1.67 m/s^2. */
const driver: Driver = { desiredSpeed: 120 / 3.6, headway: 1.6, jamGap: 2, acceleration: 0.73, deceleration: 1.67 }

describe('Intelligent Driver Model', () => {
  it('is the published formula', () => {
    // By hand: v = 20, gap 30, leader 15: s* = 2 + 20 * 1.6 + 20 * 5 / (2 sqrt(0.73 * 1.67)) = 79.2846; a = 0.73 (1 - 0.6^4 - (79.2846 / 30)^2).
    expect(idmAcceleration(20, driver, [{ gap: 30, speed: 15 }])).toBeCloseTo(0.73 * (1 - 0.1296 - (79.28462 / 30) ** 2), 4)
    expect(idmAcceleration(0, driver, [])).toBe(0.73)
    expect(idmAcceleration(driver.desiredSpeed, driver, [])).toBeCloseTo(0, 12)
    // The nearest obstacle counts.
    const near = { gap: 12, speed: 10 }
    expect(idmAcceleration(12, driver, [{ gap: 90, speed: 10 }, near])).toBe(idmAcceleration(12, driver, [near]))
  })

  it('comes to its equilibrium gap behind a steady leader', () => {
    const me = new History(0, 15)
    for (let i = 0; i < 3000; i++) me.advance(idmAcceleration(me.speed, driver, [{ gap: 60 + 15 * i * stepSeconds - me.place, speed: 15 }]))
    // s_e = (s0 + v T) / sqrt(1 - (v / v0)^4), equation (7) of the paper.
    const expected = (2 + 15 * 1.6) / Math.sqrt(1 - (15 / driver.desiredSpeed) ** 4)
    expect(me.speed).toBeCloseTo(15, 2)
    // The leader has moved on by less than a step.
    expect(60 + 15 * 300 - me.place).toBeGreaterThan(expected - 0.1)
    expect(60 + 15 * 300 - me.place).toBeLessThan(expected + 15 * 2 * stepSeconds)
  })

  it('stops before a wall from any speed at which it can', () => {
    for (const speed of [3, 6, 9, 14]) {
      const me = new History(0, speed)
      const wall = speed ** 2 / (2 * 3) + 3
      for (let i = 0; i < 600; i++) me.advance(idmAcceleration(me.speed, driver, [{ gap: wall - me.place, speed: 0 }]))
      expect(me.place).toBeLessThan(wall)
      expect(me.speed).toBeLessThan(0.05)
    }
  })
})

describe('History', () => {
  it('is the path that its steps integrate, between them too', () => {
    const path = new History(5, 4)
    for (let i = 0; i < 20; i++) path.advance(1.5)
    for (const t of [0, 0.03, 0.1, 0.77, 1.99, 2]) expect(path.at(t)).toBeCloseTo(5 + 4 * t + 0.75 * t * t, 9)
    expect(path.at(-1)).toBeCloseTo(1, 9)
    expect(path.at(3)).toBeCloseTo(5 + 8 + 3 + 7, 9)
  })

  it('never goes back, and brakes where it brakes', () => {
    const path = new History(0, 1)
    for (let i = 0; i < 30; i++) path.advance(-2)
    expect(path.at(3)).toBe(path.at(2))
    expect(path.brakesAt(0.2)).toBe(true)
    expect(path.brakesAt(2)).toBe(true)
    const free = new History(0, 1)
    for (let i = 0; i < 5; i++) free.advance(0)
    expect(free.brakesAt(0.2)).toBe(false)
  })
})
