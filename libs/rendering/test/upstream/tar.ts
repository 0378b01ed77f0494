import { readFileSync } from 'node:fs'

export interface TarMember {
  /** As far as the header has it: 100 characters. */
  readonly name: string
  readonly data: Buffer
}

/** The plain files of a ustar archive, in order; extended headers are passed over. */
export function* tarMembers(file: string): Generator<TarMember, void, undefined> {
  const tar = readFileSync(file)
  for (let at = 0; at + 512 <= tar.length && tar[at] !== 0;) {
    const name = tar.toString('latin1', at, at + 100).replace(/\0.*$/s, '')
    const type = String.fromCharCode(tar[at + 156])
    const size = Number.parseInt(tar.toString('latin1', at + 124, at + 136), 8)
    if (type === '0' || type === '\0') yield { name, data: tar.subarray(at + 512, at + 512 + size) }
    at += 512 + Math.ceil(size / 512) * 512
  }
}

/** The first member of an archive as text, by the end of its name. */
export function tarText(file: string, ending: string): string {
  for (const { name, data } of tarMembers(file)) if (name.endsWith(ending)) return data.toString('utf8')
  throw new Error(`${file} has no member ${ending}`)
}
