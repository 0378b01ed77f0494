import type { Scenario } from '@virga/scenario'

/** Which part of what lies at a path is opened, and how; a format that has no such choice refuses it. */
export interface OpenLogOptions {
  /** One clip of a data set of many. */
  readonly clip?: string
  /** Which of the camera models that the source states for the same camera; default: `ftheta`. */
  readonly intrinsics?: 'ftheta' | 'pinhole'
  /** Folder with other camera poses than the recorded ones (a novel trajectory); default: `pose`. */
  readonly poseFolder?: string
}

/** A log format: one folder of this library, and one line in the registry. */
export interface LogFormat {
  readonly name: Scenario['origin']['format']
  /** For people: the format's name and what tells it. */
  readonly title: string
  readonly lookedFor: string
  /** Whether a path holds clips among which `OpenLogOptions` choose. */
  readonly hasClips: boolean
  /** Whether the content of a folder or file is in this format; true also for a broken log, which `open` then explains. */
  recognise(path: string): Promise<boolean>
  open(path: string, options?: OpenLogOptions): Promise<Scenario>
}
