import { VirgaError } from '@virga/errors'
import { type Bundle, checkOptions } from '@virga/models'
import { lookName, type Look, parseLook } from '@virga/simulation'
import { findPreset } from '../presets/presets.ts'
import type { PlannedVariant } from '../tasks/plan.ts'
import type { AugmentationSpec } from './types.ts'

type AskedVariant = AugmentationSpec['variants'][number]

/**
 * Variants with their looks, prompts and ids: those that were given, else the look's name, with a number where that is taken.
 *
 * @throws VirgaError VIRGA_UNKNOWN_NAME for a look or preset that there is not, or that the bundle was not trained for; VIRGA_USAGE for an id
 *   that comes twice and a prompt that is too long
 */
export async function admitVariants(asked: readonly AskedVariant[], bundle: Bundle): Promise<PlannedVariant[]> {
  const given = asked.map(({ variantId }) => variantId)
  given.forEach((id, i) => {
    if (id !== undefined && given.indexOf(id) !== i)
      throw new VirgaError('VIRGA_USAGE', `two variants are called ${id}`, { field: `variants[${i}].variantId`, expected: 'each id once' })
  })
  const taken = new Set(given)
  const planned: PlannedVariant[] = []
  for (const [i, variant] of asked.entries()) {
    const field = `variants[${i}]`
    const recipe = recipeOf(variant, field)
    requireTrained(recipe.look, bundle, field)
    const prompts = promptsOf(variant, recipe)
    await checkPrompts(bundle, prompts, field)
    const { weather, lighting } = recipe.look
    const id = variant.variantId ?? freeId(lookName(recipe.look), taken)
    taken.add(id)
    planned.push({ id, look: { weather, lighting }, seed: variant.seed ?? 0, ...prompts })
  }
  return planned
}

interface Recipe {
  readonly look: Look
  readonly prompt?: string
  readonly negativePrompt?: string
}

function recipeOf({ look, preset }: AskedVariant, field: string): Recipe {
  if (preset !== undefined) return findPreset(preset.slice('presets/'.length), `${field}.preset`)
  const text = `${look?.weather ?? ''}/${look?.lighting ?? ''}`
  try {
    return { look: parseLook(text) }
  } catch (cause) {
    if (cause instanceof VirgaError)
      throw new VirgaError(cause.code, `unknown look ${text}`, { ...cause.place, field: `${field}.look` }, { cause })
    throw cause
  }
}

/** What the request sets itself wins over the preset; an empty prompt is none. */
function promptsOf(variant: AskedVariant, recipe: Recipe): Pick<PlannedVariant, 'prompt' | 'negativePrompt'> {
  const prompt = given(variant.prompt) ?? recipe.prompt
  const negativePrompt = given(variant.negativePrompt) ?? recipe.negativePrompt
  return { ...(prompt === undefined ? {} : { prompt }), ...(negativePrompt === undefined ? {} : { negativePrompt }) }
}

const given = (text: string | undefined): string | undefined => (text === '' ? undefined : text)

async function checkPrompts(bundle: Bundle, prompts: Pick<PlannedVariant, 'prompt' | 'negativePrompt'>, field: string): Promise<void> {
  for (const [name, prompt] of Object.entries(prompts)) {
    try {
      await checkOptions(bundle, { prompt })
    } catch (cause) {
      if (!(cause instanceof VirgaError)) throw cause
      throw new VirgaError(cause.code, `the prompt cannot be used: ${cause.message}`, { field: `${field}.${name}` }, { cause })
    }
  }
}

function requireTrained(look: Look, { manifest }: Bundle, field: string): void {
  if (manifest.looks.some(({ name }) => name === lookName(look))) return
  throw new VirgaError('VIRGA_UNKNOWN_NAME', `bundle ${manifest.name} was not trained for ${look.weather}/${look.lighting}`, {
    field: `${field}.look`,
    expected: `one of: ${manifest.looks.map(({ weather, lighting }) => `${weather}/${lighting}`).join(', ')}`,
  })
}

function freeId(name: string, taken: ReadonlySet<string | undefined>): string {
  let id = name
  for (let number = 2; taken.has(id); number++) id = `${name}-${number}`
  return id
}
