import { openRenderDevice } from '@virga/rendering'
import { describe, expect, it } from 'vitest'
import { cases } from './corpus/corpus.ts'
import { type Outcome, runCases } from './run/run-cases.ts'
import { summary, tableHead, tableLine } from './run/table.ts'

describe('@virga/rendering', () => {
  it.each(['own', 'gpu'] as const)(
    'draws every case of the corpus as the reference does, within the limits of its style (engine: %s)',
    async (engine) => {
      const device = await openRenderDevice()
      const outcomes: Outcome[] = []
      try {
        for await (const outcome of runCases(device, { redraw: false, update: false, engine })) outcomes.push(outcome)
      } finally {
        device.dispose()
      }
      console.log([tableHead, ...outcomes.map(tableLine), ...summary(outcomes)].join('\n'))
      expect(outcomes).toHaveLength(cases.length)
      expect(outcomes.filter(({ passed }) => !passed).map(tableLine)).toEqual([])
    },
  )
})
