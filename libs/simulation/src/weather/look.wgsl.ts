import { frameWgsl } from '../materials/gbuffer.wgsl.ts'
import { noiseWgsl } from '../materials/noise.wgsl.ts'
import { truthWgsl } from '../materials/truth.wgsl.ts'
import { composeWgsl } from './compose.wgsl.ts'
import { lightWgsl } from './light.wgsl.ts'
import { lookWgsl, skyWgsl } from './sky.wgsl.ts'

/** Every compute pass over the G-buffer: `light`, `gatherBright`, `spread`, `compose` per look, and `truth`. */
export const lookShader = `${frameWgsl}${lookWgsl}${noiseWgsl}${skyWgsl}${lightWgsl}${composeWgsl}${truthWgsl}`
