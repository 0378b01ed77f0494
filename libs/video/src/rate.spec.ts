import { describe, expect, it } from 'vitest'
import { timing } from './probe.ts'
import { frameRate } from './rate.ts'

describe('frameRate', () => {
  it.each([
    [24, 24, 1],
    [29.97, 30000, 1001],
    [23.976, 24000, 1001],
    [30000 / 1001, 30000, 1001],
    [12.5, 25, 2],
    [9.75, 39, 4],
    [0.5, 1, 2],
  ])('%d is %d/%d', (fps, num, den) => {
    expect(frameRate(fps)).toEqual({ num, den })
  })
})

describe('timing', () => {
  it('takes millisecond stamps of an even video for even', () => {
    const ticks = Float64Array.from({ length: 100 }, (_, i) => Math.round((i * 1000) / 30))
    expect(timing(ticks, 1e-3, 30)).toMatchObject({ fps: 30, isVariableRate: false })
  })

  it('reports a variable rate, its mean and its times', () => {
    const ticks = Float64Array.from([5, 15, 25, 35, 85, 95, 105])
    const { fps, isVariableRate, timesUs } = timing(ticks, 1e-3, 100)
    expect(isVariableRate).toBe(true)
    expect(fps).toBeCloseTo(60, 9)
    expect([...(timesUs ?? [])]).toEqual([0, 10e3, 20e3, 30e3, 80e3, 90e3, 100e3])
  })

  it('has no times where stamps are missing', () => {
    expect(timing(Float64Array.from([NaN, NaN]), 1e-3, 25)).toEqual({ fps: 25, isVariableRate: false })
  })
})
