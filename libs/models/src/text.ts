import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { VirgaError } from '@virga/errors'
import { padIds, type Tensor } from '@virga/diffusion'
import { z } from 'zod'
import type { Bundle } from './bundle.ts'
import { checkDigest } from './digest.ts'
import { type Graph, outputOf } from './graph.ts'
import { type UnigramModel, unigramEncoder } from './unigram.ts'

/** Word -> id. `<pad>` is 0 and `<unk>` 1. */
export type Words = ReadonlyMap<string, number>

/** What a bundle's `vocabulary.json` holds: a prompt to ids, at most `tokens` of them. */
export type Vocabulary = (prompt: string, tokens: number) => number[]

const vocabularyJson = z.record(z.string(), z.int().nonnegative()).refine((words) => words['<pad>'] === 0 && words['<unk>'] === 1, {
  message: '<pad> as 0 and <unk> as 1',
})

const unigramJson = z.object({
  kind: z.literal('unigram'),
  pad: z.literal(0),
  end: z.int().nonnegative(),
  unknown: z.int().nonnegative(),
  pieces: z.array(z.tuple([z.string(), z.number()])).min(4),
})

/** @throws VirgaError VIRGA_BAD_BUNDLE when the vocabulary is missing or malformed; VIRGA_DIGEST_MISMATCH */
export async function loadVocabulary(bundle: Bundle): Promise<Vocabulary> {
  const { vocabulary } = bundle.manifest
  if (vocabulary !== undefined) await checkDigest(bundle.dir, vocabulary)
  const path = join(bundle.dir, vocabulary?.file ?? 'vocabulary.json')
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new VirgaError('VIRGA_BAD_BUNDLE', 'the vocabulary cannot be read', { file: path }, { cause })
  })
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && 'kind' in value) return unigramVocabulary(unigramJson.parse(value))
    const words = new Map(Object.entries(vocabularyJson.parse(value)))
    return (prompt, tokens) => fitting(wordIds(prompt, words), tokens, 'words')
  } catch (cause) {
    const expected = '{"<pad>": 0, "<unk>": 1, "word": id, ...} or {"kind": "unigram", "pieces": [[piece, score], ...], ...}'
    throw new VirgaError('VIRGA_BAD_BUNDLE', 'the vocabulary is malformed', { file: path, expected }, { cause })
  }
}

function unigramVocabulary(model: UnigramModel): Vocabulary {
  const encode = unigramEncoder(model)
  return (prompt, tokens) => {
    return fitting(encode(prompt), tokens, 'tokens')
  }
}

/** @throws VirgaError VIRGA_USAGE when there are more ids than the text encoder takes: cut off, the end of a prompt would be ignored in silence */
function fitting(ids: number[], tokens: number, what: string): number[] {
  if (ids.length <= tokens) return ids
  throw new VirgaError('VIRGA_USAGE', `the prompt is ${ids.length} ${what} long`, {
    field: 'prompt',
    expected: `at most ${tokens} ${what}`,
  })
}

/** Words of a prompt: lower case, split at everything but the letters a to z and digits. */
export function words(prompt: string): string[] {
  return prompt
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '')
}

/** Ids of a prompt's words; unknown words have the id of `<unk>`. */
export function wordIds(prompt: string, vocabulary: Words): number[] {
  return words(prompt).map((word) => vocabulary.get(word) ?? 1)
}

/**
 * The text embedding of a prompt.
 *
 * @param encoder the text_encoder graph: ids, mask [1, M] -> text [1, M, C]
 * @param tokens M, to which ids are padded
 * @returns [1, M, C], rows beyond the length zero
 */
export async function encodeText(prompt: string, vocabulary: Vocabulary, encoder: Graph, tokens: number): Promise<Tensor> {
  const { ids, mask } = padIds(vocabulary(prompt, tokens), tokens)
  const outputs = await encoder.run({ ids: { data: ids, shape: [1, tokens] }, mask: { data: mask, shape: [1, tokens] } })
  return outputOf(outputs, 'text', encoder.name)
}
