import type { Scenario } from '@virga/scenario'

/** A log format: one folder of this library, and one line in the registry. */
export interface LogFormat {
  readonly name: Scenario['origin']['format']
  /** For people: the format's name and what tells it. */
  readonly title: string
  readonly lookedFor: string
  /** Whether the content of a folder or file is in this format; true also for a broken log, which `open` then explains. */
  recognise(path: string): Promise<boolean>
  open(path: string): Promise<Scenario>
}
