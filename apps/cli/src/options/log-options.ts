import { type Command, Option } from 'commander'

/** Options of every command that opens a log. */
export interface LogOptions {
  readonly clip?: string
  readonly cameraModel?: 'ftheta' | 'pinhole'
  readonly poses?: string
}

/** Adds the options that say which log of a data set is meant and how it is read. */
export function logOptions(command: Command): Command {
  return command
    .option('--poses <FOLDER>', 'of an RDS-HQ data set: other camera poses than the recorded ones, such as novel_pose')
    .option('--clip <ID>', 'which clip, where LOG is an RDS-HQ data set with several')
    .addOption(
      new Option('--camera-model <LENS>', 'which of the two intrinsics of an RDS-HQ clip (default: ftheta)').choices(['ftheta', 'pinhole']),
    )
}

/** The options as `openLog` takes them. */
export function logOpenOptions({ clip, cameraModel, poses }: LogOptions): {
  readonly clip?: string
  readonly intrinsics?: 'ftheta' | 'pinhole'
  readonly poseFolder?: string
} {
  return {
    ...(clip === undefined ? {} : { clip }),
    ...(cameraModel === undefined ? {} : { intrinsics: cameraModel }),
    ...(poses === undefined ? {} : { poseFolder: poses }),
  }
}
