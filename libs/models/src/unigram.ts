/** A SentencePiece unigram model: pieces with log probabilities; a piece's id is its index (Kudo 2018; T5's `spiece.model`). */
export interface UnigramModel {
  readonly pieces: readonly (readonly [piece: string, score: number])[]
  readonly unknown: number
  /** Put behind every text. */
  readonly end: number
}

/** SentencePiece's price of a character without a piece, below the worst piece. */
const UNKNOWN_PENALTY = 10
const SPACE = '\u2581'

/** Marks without width that SentencePiece's nmt_nfkc rule drops, as it drops control characters that are no white space. */
const DROPPED = /(?![\t\n\r\f])\p{Cc}|[\u200b-\u200f\ufeff]/gu

/** A text as SentencePiece sees it: NFKC, white space as one space, one space in front, spaces as U+2581. */
export function normalise(text: string): string {
  const words = text.normalize('NFKC').replace(DROPPED, '').split(/\s+/u)
  return words
    .filter((word) => word !== '')
    .map((word) => SPACE + word)
    .join('')
}

/**
 * The function that gives a text's ids: those of its most probable pieces (Viterbi), neighbouring unknown characters as one, the end's id last.
 */
export function unigramEncoder({ pieces, unknown, end }: UnigramModel): (text: string) => number[] {
  const ids = new Map<string, number>()
  let longest = 1
  let worst = 0
  pieces.forEach(([piece, score], id) => {
    if (id === unknown || id === end || /^<.*>$/.test(piece)) return
    ids.set(piece, id)
    longest = Math.max(longest, Array.from(piece).length)
    worst = Math.min(worst, score)
  })
  return (text) => {
    const characters = Array.from(normalise(text))
    const best = new Float64Array(characters.length + 1).fill(-Infinity)
    const from = new Int32Array(characters.length + 1)
    best[0] = 0
    for (let start = 0; start < characters.length; start++) {
      let piece = ''
      for (let stop = start + 1; stop <= Math.min(start + longest, characters.length); stop++) {
        piece += characters[stop - 1]
        const id = ids.get(piece)
        const score = id === undefined ? (stop === start + 1 ? worst - UNKNOWN_PENALTY : undefined) : pieces[id][1]
        if (score === undefined || best[start] + score <= best[stop]) continue
        best[stop] = best[start] + score
        from[stop] = start
      }
    }
    const found: number[] = []
    for (let stop = characters.length; stop > 0; stop = from[stop]) {
      const id = ids.get(characters.slice(from[stop], stop).join('')) ?? unknown
      if (id !== unknown || found.at(-1) !== unknown) found.push(id)
    }
    return [...found.reverse(), end]
  }
}
