import { describe, expect, it } from 'vitest'
import { lightings, lookName, looks, parseLook, weathers } from './looks.ts'
import { lookParameters } from './parameters.ts'
import { promptFor, promptsFor } from './prompts.ts'

const brightness = ([r, g, b]: readonly [number, number, number]): number => 0.2126 * r + 0.7152 * g + 0.0722 * b

describe('looks', () => {
  it('are all pairs of weather and lighting', () => {
    expect(looks.length).toBe(weathers.length * lightings.length)
    expect(new Set(looks.map(lookName)).size).toBe(20)
    for (const look of looks) expect(parseLook(`${look.weather}/${look.lighting}`)).toEqual(look)
  })

  it.each(['rain', 'rain/noon', 'hail/day', 'rain/day/x', ''])('refuses %j and says what there is', (text) => {
    expect(() => parseLook(text)).toThrow(/clear, overcast, rain, snow, fog.*morning, day, golden-hour, night/)
  })

  it('order the physics: night is darkest, only night lights lamps, only rain is wet, only snow covers, fog hides most', () => {
    for (const weather of weathers) {
      const of = (lighting: (typeof lightings)[number]) => lookParameters({ weather, lighting })
      for (const lighting of ['morning', 'day', 'golden-hour'] as const) {
        expect(brightness(of(lighting).ambient)).toBeGreaterThan(5 * brightness(of('night').ambient))
        expect(of(lighting).lamps).toBe(0)
      }
      expect(of('night').lamps).toBe(1)
    }
    for (const lighting of lightings) {
      const of = (weather: (typeof weathers)[number]) => lookParameters({ weather, lighting })
      expect(of('rain').wetness).toBe(1)
      expect(of('snow').snow).toBe(1)
      expect([of('clear'), of('overcast'), of('fog'), of('rain')].map(({ snow }) => snow)).toEqual([0, 0, 0, 0])
      for (const weather of ['clear', 'overcast', 'rain', 'snow'] as const)
        expect(of('fog').fogDensity).toBeGreaterThan(3 * of(weather).fogDensity)
    }
  })

  it('have three different wordings each, and no two looks share one', () => {
    const all = looks.flatMap(promptsFor)
    expect(all.length).toBe(60)
    expect(new Set(all).size).toBe(60)
    expect(promptFor({ weather: 'rain', lighting: 'night' })).toMatch(/rain.*night/)
  })
})
