import { VirgaError } from '@virga/errors'
import type { z } from 'zod'
import { notesOf } from './setting.ts'

export type Settings = z.ZodRawShape

/**
 * Reads settings from environment variables. Empty counts as unset.
 *
 * @throws VirgaError VIRGA_USAGE naming every variable at fault and what is expected of it; values of secrets are not repeated
 */
export function loadConfig<Shape extends Settings>(schema: z.ZodObject<Shape>, env: NodeJS.ProcessEnv): z.infer<z.ZodObject<Shape>> {
  const checked = schema.safeParse(given(schema, env))
  if (checked.success) return checked.data
  const faults = new Map<string, string>()
  for (const issue of checked.error.issues) {
    const name = String(issue.path[0] ?? 'settings')
    if (!faults.has(name)) faults.set(name, faultOf(schema, name, env[name], issue.message))
  }
  const names = [...faults.keys()]
  throw new VirgaError('VIRGA_USAGE', [...faults.values()].join('; '), { field: names.join(', ') })
}

function given<Shape extends Settings>(schema: z.ZodObject<Shape>, env: NodeJS.ProcessEnv): Record<string, string> {
  const pairs = Object.keys(schema.shape).map((name) => [name, env[name]] as const)
  return Object.fromEntries(pairs.filter((pair): pair is [string, string] => pair[1] !== undefined && pair[1] !== ''))
}

function faultOf(schema: z.ZodObject<z.ZodRawShape>, name: string, value: string | undefined, message: string): string {
  const field = schema.shape[name]
  if (field === undefined) return message
  const { expected, secret } = notesOf(field)
  const shown =
    value === undefined || value === '' ? 'is not set' : secret === undefined ? `is ${JSON.stringify(value.slice(0, 200))}` : 'is wrong'
  return `${name} ${shown}, expected ${expected}`
}
