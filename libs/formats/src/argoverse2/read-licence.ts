import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { namesIn } from './files.ts'

/** Licence or notice files, with the prefix that copies of parts of a data set often carry. */
const namePattern = /^(source_|data_)?(licen[cs]e|notice|terms)(\.(txt|md))?$/i

/**
 * The licence that lies with the log: in its folder, else in the folder above (where a data set keeps one for all logs). The format
 * itself states none, and a licence of code is not one of data.
 *
 * @returns a known licence's name if the text names one, else the text's first lines; undefined if there is no such file
 */
export async function readLicence(folder: string): Promise<string | undefined> {
  for (const place of [folder, dirname(folder)]) {
    const names = ((await namesIn(place)) ?? []).filter((name) => namePattern.test(name))
    const texts = await Promise.all(names.map((name) => readFile(join(place, name), 'utf8')))
    const named = texts.map(nameOf).find((name) => name !== undefined)
    if (named !== undefined) return named
    if (place === folder && texts.length > 0) return texts[0].trim().slice(0, 400)
  }
  return undefined
}

/** The Creative Commons licence that a text names, as its SPDX identifier. */
function nameOf(text: string): string | undefined {
  const found = /\bCC[ -]BY((?:-(?:NC|SA|ND))*)[ -](\d\.\d)/i.exec(text)
  return found === null ? undefined : `CC-BY${found[1].toUpperCase()}-${found[2]}`
}
