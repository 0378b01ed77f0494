import { describe, expect, it } from 'vitest'
import { foregroundMask, foregroundPresets, type ForegroundSetting, foregroundWeights, type LabelColour } from '../src/index.ts'
import { hasCase, loadCase, missingCase } from './fixture-cases.ts'

const name = 'foreground_presets'

describe.skipIf(!hasCase(name))(`fixture ${name}`, () => {
  const fixture = hasCase(name) ? loadCase(name) : undefined
  const settings = (fixture?.scalars.settings ?? {}) as Record<string, Record<string, ForegroundSetting>>

  it('has the presets that Virga ships', () => {
    expect(settings).toEqual(foregroundPresets)
  })

  it.each(Object.keys(settings))('%s', (preset) => {
    const labels = Object.entries(fixture!.scalars.labels as Record<string, string>).map(([colour, label]): LabelColour => ({
      label,
      colour: colour.match(/\d+/g)!.map(Number) as [number, number, number],
    }))
    const { shape, data } = fixture!.stored('inputs/frames')
    const video = { frames: shape[0], height: shape[1], width: shape[2], data: data as Uint8Array }
    const mask = foregroundMask(video, labels, fixture!.scalars.keywords as string[])
    for (const [control, map] of Object.entries(foregroundWeights(settings[preset], mask, video)))
      expect(Array.from(map.data)).toEqual(Array.from(fixture!.tensor(`expected/${preset}.${control}`).data))
  })
})

if (!hasCase(name)) it.skip(missingCase(name))
