import { describe, expect, it } from 'vitest'
import { simulateDrive } from '../world/drive.ts'
import { lightings, lookName, looks, parseLook, surfaceOf, weathers } from './looks.ts'
import { lookParameters, lookPhysics } from './parameters.ts'
import { jittered, withWeather } from './physics.ts'
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

  it('have sixteen short wordings each; no two looks share one, with or without a drive', () => {
    for (const drive of [undefined, simulateDrive({ seed: 5, seconds: 1 })]) {
      const all = looks.flatMap((look) => promptsFor(look, drive))
      expect(all.length).toBe(16 * 20)
      expect(new Set(all).size).toBe(16 * 20)
      for (const text of all) {
        expect(text.split(/\s+/).length, text).toBeLessThan(24)
        expect(text).not.toMatch(/undefined| {2}|, ,|^ | $/)
      }
    }
    expect(promptFor({ weather: 'rain', lighting: 'night' })).toMatch(/rain.*night/)
    const drive = simulateDrive({ seed: 5, seconds: 1 })
    expect(promptsFor(looks[3], drive)).toEqual(promptsFor(looks[3], drive))
    expect(promptsFor(looks[3], drive)).not.toEqual(promptsFor(looks[3]))
  })
})

describe('weather as physics', () => {
  const clearDay = parseLook('clear/day')

  it('has a value for every quantity of every look, and changes what is asked for', () => {
    for (const look of looks) for (const value of Object.values(lookPhysics(look))) expect(Number.isFinite(value)).toBe(true)
    const wet = withWeather(clearDay, { wetness: 1 })
    expect(lookPhysics(wet)).toEqual({ ...lookPhysics(clearDay), wetness: 1 })
    expect(lookParameters(wet)).toMatchObject({ sun: lookParameters(clearDay).sun, wetness: 1, streaks: 0 })
    expect(surfaceOf(wet)).toBe('wet')
    expect(lookName(wet)).toBe('clear-day+wetness=1')
    expect(promptsFor(wet).join()).toMatch(/after rain|left by the rain/)
    expect(promptsFor(wet).join()).not.toMatch(/dry/)
  })

  it('brings with rain and snow what they do to road and air', () => {
    const drizzle = withWeather(parseLook('overcast/day'), { rainRate: 0.5 })
    const [light, heavy] = [lookParameters(drizzle), lookParameters(withWeather(drizzle, { rainRate: 30 }))]
    expect(light.wetness).toBeGreaterThan(0.4)
    expect(light.streaks).toBeLessThan(0.25 * heavy.streaks)
    expect(light.fogDensity).toBeLessThan(0.25 * heavy.fogDensity)
    expect(promptsFor(drizzle).join()).toMatch(/drizzl|light rain/)
    // The extinction of the rainy look is that of its rate.
    expect(lookPhysics(withWeather(clearDay, { rainRate: 12 })).fogExtinction).toBeCloseTo(
      lookPhysics(parseLook('rain/day')).fogExtinction,
      6,
    )
    expect(surfaceOf(withWeather(clearDay, { snowRate: 1 }))).toBe('snowy')
    expect(lookParameters(withWeather(parseLook('rain/day'), { rainRate: 0 }))).toMatchObject({ streaks: 0, wetness: 1 })
  })

  it('refuses quantities that there are not and values out of range', () => {
    const ask = (weather: object) => () => withWeather(clearDay, weather)
    expect(ask({ rain: 3 })).toThrow(
      expect.objectContaining({
        code: 'VIRGA_UNKNOWN_NAME',
        place: { field: 'rain', expected: expect.stringMatching(/rainRate/) as string },
      }) as Error,
    )
    for (const bad of [{ wetness: 1.5 }, { rainRate: -1 }, { haze: NaN }, { sunElevation: 0 }, { lampPower: '1' }]) {
      expect(ask(bad)).toThrow(expect.objectContaining({ code: 'VIRGA_OUT_OF_RANGE' }) as Error)
    }
  })

  it('jitters sun and haze by seed when it is asked to', () => {
    const base = lookPhysics(clearDay)
    const some = (seed: number) => lookPhysics(jittered(clearDay, seed, base, { sunAzimuth: 10, haze: 1 }))
    expect(some(1)).toEqual(some(1))
    expect(some(1)).not.toEqual(some(2))
    for (let seed = 0; seed < 20; seed++) {
      expect(Math.abs(some(seed).sunAzimuth - base.sunAzimuth)).toBeLessThanOrEqual(10)
      expect(Math.abs(some(seed).haze - base.haze)).toBeLessThanOrEqual(1)
    }
    expect(lookPhysics(jittered(clearDay, 3, base, {}))).toEqual(base)
  })
})
