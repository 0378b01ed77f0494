import type { z } from 'zod'
import { notesOf, type SettingNotes } from './setting.ts'

/** One line of the table of effective values. */
export interface EffectiveSetting {
  readonly name: string
  /** As it may be shown: secrets are hidden. */
  readonly value: string
  readonly from: 'environment' | 'default'
}

/** The values that a process runs with, secrets hidden. */
export function effectiveSettings(
  schema: z.ZodObject<z.ZodRawShape>,
  config: Readonly<Record<string, unknown>>,
  env: NodeJS.ProcessEnv,
): EffectiveSetting[] {
  return Object.entries(schema.shape).map(([name, field]) => ({
    name,
    value: shown(config[name], notesOf(field)),
    from: env[name] === undefined || env[name] === '' ? 'default' : 'environment',
  }))
}

/** Plain text, one line a setting, aligned. */
export function effectiveTable(settings: readonly EffectiveSetting[]): string {
  const widths = { name: widest(settings.map(({ name }) => name)), value: widest(settings.map(({ value }) => value)) }
  return settings.map(({ name, value, from }) => `  ${name.padEnd(widths.name)}  ${value.padEnd(widths.value)}  ${from}`).join('\n')
}

/** The reference of a schema's variables as a Markdown table. */
export function settingsReference(schema: z.ZodObject<z.ZodRawShape>): string {
  const rows = Object.entries(schema.shape).map(([name, field]) => {
    const { about, expected, defaultText } = notesOf(field)
    const byDefault = defaultText ?? defaultOf(field)
    return `| \`${name}\` | ${about} | ${expected} | ${byDefault} |`
  })
  return ['| variable | what | expected | default |', '|---|---|---|---|', ...rows].join('\n')
}

function shown(value: unknown, { secret }: SettingNotes): string {
  if (value === undefined || value === '') return '-'
  if (secret === 'value') return '(hidden)'
  const text = textOf(value)
  return secret === 'password' ? text.replace(/(:\/\/[^:/@]*:)[^@]*@/, '$1(hidden)@') : text
}

function defaultOf(field: z.core.$ZodType): string {
  const parsed = (field as z.ZodType).safeParse(undefined)
  return parsed.success && parsed.data !== undefined ? `\`${textOf(parsed.data)}\`` : 'required'
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

const widest = (texts: readonly string[]): number => Math.max(0, ...texts.map((text) => text.length))
