import type { GenerationOptions } from '../options/generation-options.ts'
import type { LogOptions } from '../options/log-options.ts'
import type { PixelSize } from '../options/parsers.ts'

/** What `virga augment` was given. */
export interface AugmentOptions extends LogOptions, GenerationOptions {
  readonly simulate?: number
  readonly camera?: string[]
  readonly variant: string[]
  readonly bundle: string
  readonly frames?: number
  readonly start?: number
  readonly controlMap?: string
  readonly size?: PixelSize
  readonly threads?: number
  readonly store?: string
  readonly out: string
  readonly json?: true
}
