import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { registerHooks } from 'node:module'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { VirgaError } from '@virga/errors'
import { type Style, styleNamed } from '@virga/rendering'

/**
 * Styles by name, or from files of the user's own whose default export is a Style (`flatStyle({...})` and its like from @virga/rendering).
 *
 * @returns the styles, each with the SHA-256 of its file if it comes from one
 * @throws VirgaError VIRGA_UNKNOWN_NAME for an unknown name; VIRGA_BAD_INPUT for a file that gives no style
 */
export async function loadStyles(namesOrFiles: readonly string[]): Promise<ReadonlyMap<Style, string | undefined>> {
  const loaded = new Map<Style, string | undefined>()
  for (const text of namesOrFiles) {
    if (isFile(text))
      loaded.set(
        await loadFile(resolve(text)),
        createHash('sha256')
          .update(await readFile(text))
          .digest('hex'),
      )
    else loaded.set(styleNamed(text), undefined)
  }
  return loaded
}

const isFile = (text: string): boolean => text.includes('/') || /\.[cm]?[jt]s$/.test(text)

async function loadFile(file: string): Promise<Style> {
  // A style file lies anywhere on the disk; what it imports of Virga is this Virga's.
  const hooks = registerHooks({
    resolve: (specifier, context, next) =>
      next(specifier, specifier.startsWith('@virga/') ? { ...context, parentURL: import.meta.url } : context),
  })
  try {
    const exports: unknown = await import(pathToFileURL(file).href)
    const style = (exports as { default?: unknown }).default
    if (isStyle(style)) return style
  } catch (cause) {
    throw new VirgaError(
      'VIRGA_BAD_INPUT',
      `cannot be loaded: ${cause instanceof Error ? cause.message : String(cause)}`,
      { file },
      { cause },
    )
  } finally {
    hooks.deregister()
  }
  throw new VirgaError('VIRGA_BAD_INPUT', 'has no style', {
    file,
    field: 'default export',
    expected: 'a Style, such as `export default flatStyle({...})` with flatStyle from @virga/rendering',
  })
}

function isStyle(value: unknown): value is Style {
  if (typeof value !== 'object' || value === null) return false
  const { name, title, needs, open } = value as Partial<Record<keyof Style, unknown>>
  return (
    typeof name === 'string' && typeof title === 'string' && (needs === 'map-or-tracks' || needs === 'sweeps') && typeof open === 'function'
  )
}
