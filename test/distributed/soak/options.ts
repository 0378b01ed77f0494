import { parseArgs } from 'node:util'
import { VirgaError } from '@virga/errors'

export interface SoakOptions {
  readonly tasks: number
  readonly kills: number
  readonly seed: number
  /** It is given up when it is not over by then. */
  readonly minutes: number
}

/** @throws VirgaError VIRGA_USAGE */
export function soakOptions(args: readonly string[]): SoakOptions {
  const option = { type: 'string' } as const
  const { values } = parseArgs({ args: [...args], options: { tasks: option, kills: option, seed: option, minutes: option } })
  const defaults: SoakOptions = { tasks: 500, kills: 200, seed: 1, minutes: 20 }
  const read = (name: keyof SoakOptions): number => {
    const text = values[name]
    if (text === undefined) return defaults[name]
    if (!/^\d{1,6}$/.test(text)) throw usage(name, text, 'a whole number')
    return Number(text)
  }
  const options = { tasks: read('tasks'), kills: read('kills'), seed: read('seed'), minutes: read('minutes') }
  if (options.tasks === 0 || options.tasks % tasksEach !== 0) throw usage('tasks', String(options.tasks), `a multiple of ${tasksEach}`)
  return options
}

/** inspect, render, two generate, publish. */
export const tasksEach = 5

const usage = (name: string, text: string, expected: string): VirgaError =>
  new VirgaError('VIRGA_USAGE', `--${name} ${text}`, { field: `--${name}`, expected })
