import { zeroPaddingRows } from '@virga/diffusion'
import { loadCase, maxDifference } from '@virga/diffusion/testing'
import { describe, expect, it } from 'vitest'
import { casesWhere, hasGraphs, missingGraphs, openFixtureGraph } from './fixture-graphs.ts'

const names = casesWhere((scalars) => 'tiny_T5' in scalars)
if (names.length === 0) it.skip('no fixture case with a text encoder (set VIRGA_FIXTURES)')
for (const name of names.filter((n) => !hasGraphs(n))) it.skip(missingGraphs(name))

describe.each(names.filter(hasGraphs))('fixture %s', (name) => {
  const fixture = loadCase(name)
  const ids = fixture.stored('inputs/input_ids')
  const mask = fixture.stored('inputs/attention_mask')
  const expected = fixture.tensor('expected/embedding')
  const width = expected.shape[2]
  const [prompts, tokens] = ids.shape

  it('embeds each prompt on its own, rows beyond its length zero', async () => {
    const graph = await openFixtureGraph(name, 'text_encoder')
    for (let p = 0; p < prompts; p++) {
      const part = (values: BigInt64Array): { data: BigInt64Array; shape: number[] } => ({
        data: values.slice(p * tokens, (p + 1) * tokens),
        shape: [1, tokens],
      })
      const { text } = await graph.run({ ids: part(ids.data as BigInt64Array), mask: part(mask.data as BigInt64Array) })
      expect(text.shape).toEqual([1, tokens, width])
      const rows = expected.data.subarray(p * tokens * width, (p + 1) * tokens * width)
      expect(maxDifference(text.data, rows)).toBeLessThanOrEqual(fixture.atol('expected/embedding'))
    }
  })

  it('zeroes rows like the official code', () => {
    const before = fixture.tensor('expected/encoder_output_before_zeroing')
    for (let p = 0; p < prompts; p++) {
      const rows = before.data.slice(p * tokens * width, (p + 1) * tokens * width)
      const real = (mask.data as BigInt64Array).slice(p * tokens, (p + 1) * tokens).reduce((a, b) => a + Number(b), 0)
      zeroPaddingRows(rows, width, real)
      const after = expected.data.subarray(p * tokens * width, (p + 1) * tokens * width)
      expect(maxDifference(rows, after)).toBeLessThanOrEqual(fixture.atol('expected/embedding'))
    }
  })
})
