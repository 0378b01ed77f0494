import { VirgaError } from '@virga/errors'

/** Stands for a request whose bytes are no message. */
export class Malformed {
  readonly error: VirgaError

  constructor(why: string) {
    this.error = new VirgaError('VIRGA_BAD_INPUT', `the request cannot be read: ${why}`, { expected: 'a message as in proto/virga/v1' })
  }
}

/** The request, if it is one. @throws VirgaError VIRGA_BAD_INPUT */
export function readable(request: unknown): unknown {
  if (request instanceof Malformed) throw request.error
  return request
}
