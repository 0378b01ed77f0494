import { type Command, InvalidArgumentError, Option } from 'commander'
import type { AugmentRequest } from '@virga/augmentation'
import { decimal, integer, names } from './parsers.ts'

/** Options of a command that runs the model. */
export interface GenerationOptions {
  readonly steps?: number
  readonly solver?: '2ab' | 'euler'
  readonly strength?: number
  readonly seed: number
  readonly prompt?: string
  readonly negativePrompt?: string
  readonly guidance?: number
  readonly controls?: string[]
  readonly weight?: Readonly<Record<string, number>>
  readonly firstFrame?: string
  readonly clipFrames?: number
  readonly controlEvery?: number
  /** False only when that was asked for. */
  readonly relight: boolean
  readonly detail: boolean
}

/** Adds the options that say how the model makes a video. */
export function generationOptions(command: Command): Command {
  return command
    .option('--steps <N>', "solver steps (default: the bundle's; 0: what it begins from, without the network)", integer(0, 1000))
    .addOption(
      new Option(
        '--solver <NAME>',
        "2ab: N + 1 evaluations for N steps; euler: N, for networks of few steps (default: the bundle's)",
      ).choices(['2ab', 'euler']),
    )
    .option(
      '--strength <S>',
      'how much noise sampling begins with, 0 to 1: 1 all of it, 0.5 half-way along the schedule, 0 changes nothing (default: 1)',
      decimal((value) => value >= 0 && value <= 1, 'a number of 0 to 1'),
    )
    .option('--seed <N>', 'seed of the noise', integer(0, 2 ** 32 - 1), 0)
    .option('--prompt <TEXT>', "text for every variant in place of the bundle's own")
    .option('--negative-prompt <TEXT>', 'what not to show; used with a guidance above 0')
    .option(
      '--guidance <G>',
      "x0 = cond + G (cond - uncond); 0 runs the network once a step, more twice (default: the bundle's)",
      decimal((value) => value >= 0, 'a number of at least 0'),
    )
    .option('--controls <NAME,...>', "of the bundle's controls only these (default: all that the drive can give)", names)
    .option(
      '--weight <CONTROL=W,...>',
      "weights in place of the bundle's, of at least 0; where all together exceed 1 they are divided by their sum; can be repeated",
      weights,
    )
    .option(
      '--first-frame <FILE>',
      'a picture that the video begins with (JPEG, PNG, WebP, TIFF): of the size of the camera, or of the shape of the bundle',
    )
    .option(
      '--control-every <K>',
      "run the control branches at every K-th evaluation and keep their residuals between: faster, close to the whole (default: the bundle's, else 1)",
      integer(1),
    )
    .option('--no-relight', 'begin from the controls alone: neither the relit camera video nor the painted labels')
    .option('--no-detail', "the generated frames as they are, not their change carried over to the source's own pixels")
    .option('--clip-frames <N>', 'most frames made in one go, 8 m + 1: less memory, more seams (default: those of the bundle)', integer(9))
}

/** Collects weights such as `hdmap=1,edge=0.5`; the last one of a control counts. */
export function weights(text: string, before: Readonly<Record<string, number>> = {}): Record<string, number> {
  const result = { ...before }
  for (const part of text.split(',')) {
    const [, control, value] = /^\s*(\w+)\s*=\s*(\d+\.?\d*|\.\d+)\s*$/.exec(part) ?? []
    if (control === undefined)
      throw new InvalidArgumentError('Expected CONTROL=WEIGHT with a weight of at least 0, such as hdmap=1,edge=0.5.')
    result[control] = Number(value)
  }
  return result
}

/**
 * The options as `augment` takes them; a picture is read.
 *
 * @throws VirgaError VIRGA_BAD_INPUT for a picture that cannot be read; VIRGA_USAGE for weights beside a control map
 */
export async function generationRequest(options: GenerationOptions, hasControlMap: boolean): Promise<Partial<AugmentRequest>> {
  const {
    steps,
    solver,
    strength,
    prompt,
    negativePrompt,
    guidance,
    controls,
    weight,
    firstFrame,
    clipFrames,
    controlEvery,
    relight,
    detail,
  } = options
  if (weight !== undefined && hasControlMap) {
    const { VirgaError } = await import('@virga/errors')
    throw new VirgaError('VIRGA_USAGE', 'both a control map and weights were given', {
      field: 'weight',
      expected: 'one of them: a control map states the weights itself',
    })
  }
  return {
    ...(steps === undefined ? {} : { steps }),
    ...(solver === undefined ? {} : { solver }),
    ...(strength === undefined ? {} : { strength }),
    ...(prompt === undefined ? {} : { prompt }),
    ...(negativePrompt === undefined ? {} : { negativePrompt }),
    ...(guidance === undefined ? {} : { guidance }),
    ...(controls === undefined ? {} : { controls }),
    ...(weight === undefined ? {} : { weights: weight }),
    ...(clipFrames === undefined ? {} : { clipFrames }),
    ...(controlEvery === undefined ? {} : { controlEvery }),
    ...(relight ? {} : { relight }),
    ...(detail ? {} : { detail }),
    ...(firstFrame === undefined ? {} : { firstFrame: await picture(firstFrame) }),
  }
}

async function picture(file: string): Promise<NonNullable<AugmentRequest['firstFrame']>> {
  const { readImage } = await import('@virga/video')
  const image = await readImage(file)
  const { sha256OfFile } = await import('@virga/models')
  return { file, sha256: await sha256OfFile(file), image }
}
