import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { unigramEncoder } from '../src/index.ts'

/** Pieces of a small model and the ids that SentencePiece itself (0.2, nmt_nfkc, end of sentence appended) gives for some texts. */
const { pieces, texts } = JSON.parse(readFileSync(new URL('data/unigram.json', import.meta.url), 'utf8')) as {
  pieces: [string, number][]
  texts: [string, number[]][]
}

describe('unigram pieces', () => {
  const encode = unigramEncoder({ pieces, unknown: 2, end: 1 })

  it.each(texts)('%j as SentencePiece does', (text, ids) => {
    expect(encode(text)).toEqual(ids)
  })
})
