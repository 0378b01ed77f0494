import { furnitureScenes } from './scenes/furniture.ts'
import { lidarScenes } from './scenes/lidar.ts'
import { paintScenes } from './scenes/paint.ts'
import { roadScenes } from './scenes/roads.ts'
import { trafficScenes } from './scenes/traffic.ts'
import type { Scene, Shot, StyleName } from './scene.ts'

export const scenes: readonly Scene[] = [...paintScenes, ...furnitureScenes, ...trafficScenes, ...roadScenes, ...lidarScenes]

/** One picture: a drive, a camera with its model, a frame, a style. */
export interface Case {
  readonly id: string
  readonly scene: Scene
  readonly shot: Shot
  readonly style: StyleName
}

export const cases: readonly Case[] = scenes.flatMap((scene) =>
  scene.shots.flatMap((shot) =>
    shot.styles.map((style): Case => {
      const camera =
        shot.model ??
        shot.camera
          .replace('camera_', '')
          .replace(/_\d+fov/, '')
          .replaceAll('_', '-')
      const parts = [scene.name, camera, ...(shot.chain === 'resize' ? ['resized'] : []), `f${String(shot.frame).padStart(3, '0')}`, style]
      return { id: parts.join('.'), scene, shot, style }
    }),
  ),
)
