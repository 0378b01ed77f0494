import { readFileSync } from 'node:fs'

/** The first member of a ustar archive as text, by the end of its name. */
export function tarText(file: string, ending: string): string {
  const tar = readFileSync(file)
  for (let at = 0; at + 512 <= tar.length && tar[at] !== 0;) {
    const name = tar.toString('latin1', at, at + 100).replace(/\0.*$/s, '')
    const size = Number.parseInt(tar.toString('latin1', at + 124, at + 136), 8)
    if (name.endsWith(ending)) return tar.toString('utf8', at + 512, at + 512 + size)
    at += 512 + Math.ceil(size / 512) * 512
  }
  throw new Error(`${file} has no member ${ending}`)
}
