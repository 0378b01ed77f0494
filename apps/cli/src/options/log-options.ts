import { type Command, Option } from 'commander'

/** Options of every command that opens a log. */
export interface LogOptions {
  readonly clip?: string
  readonly cameraModel?: 'ftheta' | 'pinhole'
}

/** Adds the options that say which log of a data set is meant and how it is read. */
export function logOptions(command: Command): Command {
  return command
    .option('--clip <ID>', 'which clip, where LOG is an RDS-HQ data set with several')
    .addOption(
      new Option('--camera-model <LENS>', 'which of the two intrinsics of an RDS-HQ clip (default: ftheta)').choices(['ftheta', 'pinhole']),
    )
}

/** The options as `openLog` takes them. */
export function logOpenOptions({ clip, cameraModel }: LogOptions): { clip?: string; intrinsics?: 'ftheta' | 'pinhole' } {
  return { ...(clip === undefined ? {} : { clip }), ...(cameraModel === undefined ? {} : { intrinsics: cameraModel }) }
}
