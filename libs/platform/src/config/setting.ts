import { z } from 'zod'

/** What is said of a setting: in the table of effective values, in error messages and in the README. */
export interface SettingNotes {
  /** One phrase: what it sets, with its unit. */
  readonly about: string
  /** What a right value looks like. */
  readonly expected: string
  /** `value`: never shown. `password`: only the password within the URL is hidden. */
  readonly secret?: 'value' | 'password'
  /** Shown where the default is worked out from the environment. */
  readonly defaultText?: string
}

const notes = new WeakMap<z.core.$ZodType, SettingNotes>()

/** Puts notes on a schema of a setting. */
export function setting<Schema extends z.core.$ZodType>(schema: Schema, about: SettingNotes): Schema {
  notes.set(schema, about)
  return schema
}

export function notesOf(schema: z.core.$ZodType): SettingNotes {
  return notes.get(schema) ?? { about: '', expected: 'text' }
}

/** A whole number within bounds. */
export function whole(about: string, bounds: { readonly min: number; readonly max: number; readonly default: number }) {
  const schema = z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number)
    .pipe(z.number().min(bounds.min).max(bounds.max))
    .default(bounds.default)
  return setting(schema, { about, expected: `a whole number from ${bounds.min} to ${bounds.max}` })
}

/** One of a few words. */
export function choice<const Words extends readonly [string, ...string[]]>(about: string, words: Words, byDefault: Words[number]) {
  return setting(z.enum(words).default(byDefault as never), { about, expected: `one of: ${words.join(', ')}` })
}

/** The path of a file; unset: none. */
export function optionalFile(about: string) {
  return setting(z.string().optional(), { about, expected: 'the path of a file', defaultText: 'none' })
}
