import { VirgaError } from '@virga/errors'

/** Ids are checked by those who make them; a name must only be of the right form and length. */
const part = '([A-Za-z0-9._~-]{1,200})'

const forms = {
  scenario: { pattern: new RegExp(`^scenarios/${part}$`), form: 'scenarios/{scenario}' },
  bundle: { pattern: new RegExp(`^bundles/${part}$`), form: 'bundles/{bundle}' },
  preset: { pattern: new RegExp(`^presets/${part}$`), form: 'presets/{preset}' },
  augmentation: { pattern: new RegExp(`^augmentations/${part}$`), form: 'augmentations/{augmentation}' },
  deadLetter: { pattern: new RegExp(`^deadLetters/${part}$`), form: 'deadLetters/{dead_letter}' },
} as const

/** The last part of a resource's name. @throws VirgaError VIRGA_BAD_INPUT naming the field and the form */
export function idOf(kind: keyof typeof forms, name: string, field = 'name'): string {
  const { pattern, form } = forms[kind]
  return pattern.exec(name)?.[1] ?? refuse(name, field, form)
}

/** The two parts of the name of a task or variant. @throws VirgaError VIRGA_BAD_INPUT */
export function childOf(kind: 'tasks' | 'variants', name: string): { readonly augmentation: string; readonly key: string } {
  const [, augmentation, key] = new RegExp(`^augmentations/${part}/${kind}/${part}$`).exec(name) ?? []
  if (augmentation === undefined || key === undefined)
    return refuse(name, 'name', `augmentations/{augmentation}/${kind}/{${kind.slice(0, -1)}}`)
  return { augmentation, key }
}

function refuse(name: string, field: string, form: string): never {
  throw new VirgaError('VIRGA_BAD_INPUT', name === '' ? 'no name was given' : `"${name.slice(0, 300)}" is no such name`, {
    field,
    expected: form,
  })
}

/** The error for what is not there, or not the caller's: both look the same. */
export function notFound(what: string, field = 'name'): VirgaError {
  return new VirgaError('VIRGA_NOT_FOUND', `there is no ${what}`, { field })
}
