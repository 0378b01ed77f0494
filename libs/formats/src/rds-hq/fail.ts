import { type ErrorPlace, VirgaError } from '@virga/errors'

/** Throws VIRGA_BAD_INPUT at a place in a file that it knows. */
export type Fail = (message: string, field?: string, expected?: string) => never

export function failAt(place: ErrorPlace): Fail {
  return (message, field, expected) => {
    throw new VirgaError('VIRGA_BAD_INPUT', message, {
      ...place,
      ...(field === undefined ? {} : { field }),
      ...(expected === undefined ? {} : { expected }),
    })
  }
}
