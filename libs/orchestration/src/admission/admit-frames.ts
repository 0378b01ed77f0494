import { VirgaError } from '@virga/errors'
import { parseScenarioUri } from '../scenarios/uri.ts'
import type { AdmissionLimits, KnownScenario } from './types.ts'

/** The longest drive that is simulated. */
const longestSimulationSeconds = 600

interface AskedFrames {
  readonly frames: number | undefined
  /** When none are asked for: so many, or as many as there are. */
  readonly preferred: number
  readonly startSeconds: number
  readonly fps: number
}

/** @throws VirgaError VIRGA_OUT_OF_RANGE for frames that the drive does not have; VIRGA_TOO_LARGE above the limit */
export function admitFrames({ frames, preferred, startSeconds, fps }: AskedFrames, known: KnownScenario, limits: AdmissionLimits): void {
  const isSimulation = known.manifest === undefined && parseScenarioUri(known.uri).kind === 'simulation'
  // Half a frame more is simulated, so that rounding cannot take the last one away.
  const seconds = isSimulation ? longestSimulationSeconds - 1.5 / fps : (known.durationUs ?? Infinity) / 1e6
  if (startSeconds > seconds)
    throw new VirgaError('VIRGA_OUT_OF_RANGE', `the drive does not reach ${startSeconds} s`, {
      field: 'generation.startOffset',
      expected: `0 to ${seconds.toFixed(3)} seconds`,
    })
  const wanted = frames ?? (isSimulation ? preferred : 1)
  // One microsecond of grace, as the frame grid has it.
  const available = Math.floor((seconds - startSeconds + 1e-6) * fps) + 1
  if (wanted > available)
    throw new VirgaError('VIRGA_OUT_OF_RANGE', `${wanted} frames are more than the drive has`, {
      field: 'generation.frames',
      expected: `at most ${available} at ${fps} frames per second${startSeconds > 0 ? ` from ${startSeconds} s on` : ''}`,
    })
  if (wanted > limits.frames)
    throw new VirgaError('VIRGA_TOO_LARGE', `${wanted} frames`, { field: 'generation.frames', expected: `at most ${limits.frames}` })
}
