import { describe, expect, it } from 'vitest'
import { augmentationFilter, newestFirst, scenarioFilter, taskFilter, variantFilter } from './index.ts'
import { parseFilter } from './parse-filter.ts'

describe('filters of lists', () => {
  it('takes nothing, bare words, quoted values and what is quoted in them', () => {
    expect(parseFilter('')).toEqual([])
    expect(parseFilter('  \n')).toEqual([])
    expect(parseFilter(`state=READY AND  labels.a_b-1 = "it's \\"x\\" \\\\"`)).toEqual([
      { field: 'state', comparator: '=', value: 'READY', position: 1 },
      { field: 'labels.a_b-1', comparator: '=', value: `it's "x" \\`, position: 18 },
    ])
    expect(parseFilter(`a = 'AND'`)[0]?.value).toBe('AND')
  })

  it.each([
    ['state', 'ends too early', 'comparison of state'],
    ['state =', 'ends too early', 'a value'],
    ['state = READY AND', 'ends too early', 'a field after AND'],
    ['state = READY OR state = FAILED', '"OR" at position 15', 'AND'],
    ['NOT state = READY', '"NOT" at position 1', 'NOT is not taken'],
    ['state = READY state = FAILED', '"state" at position 15', 'AND'],
    ['(state = READY)', '"(" at position 1', 'FIELD = VALUE'],
    ['state = "READY', 'quotation mark that is not closed at position 9', 'FIELD = VALUE'],
    ['= READY', '"=" at position 1', 'a field'],
    ['state == READY', '"=" at position 8', 'a value'],
    ['a = b AND '.repeat(40) + 'a = b', 'too many', 'at most 32'],
    ['a'.repeat(5000), '5000 characters', 'at most 4096'],
  ])('says where %s goes wrong', (text, message, expected) => {
    const place = { field: 'filter', expected: expect.stringContaining(expected) as string }
    expect(() => parseFilter(text)).toThrow(
      expect.objectContaining({ code: 'VIRGA_USAGE', message: expect.stringContaining(message) as string, place }),
    )
  })

  it('makes typed queries of what the lists promise', () => {
    expect(
      augmentationFilter('state = RUNNING AND labels.campaign = "winter" AND scenario = "scenarios/s1" AND bundle=bundles/mini'),
    ).toEqual({
      states: ['running'],
      labels: { campaign: 'winter' },
      scenario: 's1',
      bundle: 'mini',
    })
    expect(augmentationFilter('state != SUCCEEDED AND state != STATE_CANCELLED').states).toEqual([
      'queued',
      'running',
      'failed',
      'cancelling',
    ])
    expect(augmentationFilter('state = RUNNING AND state = QUEUED').states).toEqual([])
    expect(taskFilter('state = DEAD AND stage = GENERATE')).toEqual({ states: ['dead'], stage: 'generate' })
    expect(variantFilter('camera = "front" AND look.weather = "rain"')).toEqual({ camera: 'front', weather: 'rain' })
    const noon = Date.UTC(2026, 10, 23, 12)
    expect(scenarioFilter('create_time > "2026-11-23T12:00:00Z" AND create_time <= 2026-11-23T13:00:00+01:00 AND format = rds-hq')).toEqual(
      {
        createdFrom: noon + 1,
        createdBefore: noon + 1,
        format: 'rds-hq',
      },
    )
  })

  it.each([
    [() => augmentationFilter('colour = red'), 'colour (position 1', 'labels.KEY'],
    [() => augmentationFilter('state = SLEEPING'), 'no SLEEPING in state', 'QUEUED, RUNNING'],
    [() => augmentationFilter('state < RUNNING'), 'no "<" for state', '='],
    [() => augmentationFilter('scenario != s1'), 'no "!=" for scenario', 'only ='],
    [() => augmentationFilter('labels.a = x AND labels.a = y'), 'second value for labels.a (position 18', 'one value'],
    [() => augmentationFilter('labels.A.B = x'), 'A.B', 'a-z'],
    [() => scenarioFilter('create_time > yesterday'), '"yesterday" is no time', 'RFC 3339'],
    [() => scenarioFilter('create_time > "2026-13-40T00:00:00Z"'), 'is no time', 'RFC 3339'],
    [() => taskFilter('stage = PAINT'), 'no PAINT in stage', 'RENDER'],
    [() => newestFirst('name'), 'no order by name', 'create_time'],
  ])('refuses what a list cannot do', (ask, message, expected) => {
    expect(ask).toThrow(
      expect.objectContaining({
        code: 'VIRGA_USAGE',
        message: expect.stringContaining(message) as string,
        place: expect.objectContaining({ expected: expect.stringContaining(expected) as string }) as object,
      }),
    )
  })

  it('reads the order', () => {
    expect(['', ' create_time  desc', 'create_time'].map(newestFirst)).toEqual([true, true, false])
  })
})
