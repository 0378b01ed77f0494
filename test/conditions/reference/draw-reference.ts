import type { Camera, Micros, RgbImage, Scenario } from '@virga/scenario'
import { frameAt } from './frame.ts'
import { drawHdmap } from './hdmap/draw-hdmap.ts'
import { drawLidar } from './lidar/draw-lidar.ts'
import { accumulate } from './lidar/sweeps.ts'
import { resizeHeightLanczos4 } from './raster/lanczos.ts'
import { drawWorld } from './world/draw-world.ts'

export interface ReferenceRequest {
  readonly style: 'hdmap-v1' | 'lidar-v1' | 'world-scenario-v3' | 'world-scenario-v3-t25'
  readonly camera: Camera
  readonly timeUs: Micros
  readonly width: number
  readonly height: number
  /** 'resize': drawn at 16:9 of the width and brought to the height by Lanczos4. */
  readonly chain?: 'direct' | 'resize'
}

/** A condition picture drawn slowly, in float64, from the published description of the styles alone. */
export async function drawReference(scenario: Scenario, request: ReferenceRequest): Promise<RgbImage> {
  const { style, camera, timeUs, width, height, chain } = request
  const frame = frameAt(scenario, camera, width, chain === 'resize' ? (width * 9) / 16 : height, timeUs)
  const draw = async (): Promise<RgbImage> => {
    switch (style) {
      case 'hdmap-v1':
        return drawHdmap(frame)
      case 'lidar-v1':
        return drawLidar(frame, await accumulate(scenario, timeUs))
      case 'world-scenario-v3':
        return drawWorld(frame, 'dd')
      case 'world-scenario-v3-t25':
        return drawWorld(frame, 't25')
    }
  }
  const picture = await draw()
  return chain === 'resize' ? resizeHeightLanczos4(picture, height) : picture
}
