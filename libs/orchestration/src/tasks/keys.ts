import { safeName } from '@virga/augmentation'
import type { Plan } from './plan.ts'

const longestKey = 80

/** A camera's name in keys of tasks and variants; names that are too long or no longer differ become numbers. */
export function cameraKey(cameras: readonly string[], camera: string): string {
  const index = cameras.indexOf(camera)
  const keys = cameras.map(safeName)
  return keys[index].length > longestKey || keys.indexOf(keys[index]) !== keys.lastIndexOf(keys[index]) ? `camera-${index}` : keys[index]
}

/** `{camera}.{variant}`, as in the name of the variant. */
export const variantKey = (plan: Pick<Plan, 'cameras'>, camera: string, variant: string): string =>
  `${cameraKey(plan.cameras, camera)}.${variant}`
