import type { z } from 'zod'

/** Reads settings from environment variables. Empty counts as unset. @throws VirgaError VIRGA_USAGE naming each variable at fault and what is expected */
export function loadConfig<Shape extends z.ZodRawShape>(schema: z.ZodObject<Shape>, env: NodeJS.ProcessEnv): z.infer<z.ZodObject<Shape>> {
  const given = Object.fromEntries(
    Object.keys(schema.shape).flatMap((key) => (env[key] === undefined || env[key] === '' ? [] : [[key, env[key]]])),
  )
  return schema.parse(given)
}
